-- Asks Belépő who is logged in, for portal-haproxy.cfg: sets the variables txn.belepo_status and
-- txn.belepo_login, and on 200 the headers that the portal is told.

local address = os.getenv("BELEPO_SESSIONS")
local told = { "belepo-customer", "belepo-account", "belepo-confirmed", "belepo-proof",
  "belepo-time", "belepo-path", "belepo-signature" }

core.register_action("belepo_session", { "http-req" }, function(txn)
  local headers = { ["x-forwarded-uri"] = { txn.sf:pathq() } }
  local cookies = txn.http:req_get_headers()["cookie"]
  if cookies then
    local all = {}
    -- HAProxy counts from 0.
    for place = 0, #cookies do all[place + 1] = cookies[place] end
    headers["cookie"] = all
  end
  local answer = core.httpclient():get{ url = address, headers = headers, timeout = 5000 }
  txn:set_var("txn.belepo_status", answer and answer.status or 0)
  if not answer then return end
  if answer.status == 401 and answer.headers["location"] then
    txn:set_var("txn.belepo_login", answer.headers["location"][0])
  end
  if answer.status ~= 200 then return end
  for _, name in ipairs(told) do
    local value = answer.headers[name]
    if value then txn.http:req_set_header(name, value[0]) end
  end
end, 0)
