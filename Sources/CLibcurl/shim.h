#include <curl/curl.h>
#include <sys/socket.h>

// curl_easy_setopt takes anything behind the option, which Swift cannot call. One function for each
// kind of value that we set.

typedef int (*belepo_progress_callback)(
    void *owner, curl_off_t total, curl_off_t now, curl_off_t upload_total, curl_off_t upload_now);
typedef int (*belepo_trace_callback)(
    CURL *handle, curl_infotype kind, char *bytes, size_t count, void *owner);

static inline CURLcode belepo_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode belepo_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode belepo_set_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode belepo_set_mime(CURL *handle, curl_mime *value) {
  return curl_easy_setopt(handle, CURLOPT_MIMEPOST, value);
}

static inline CURLcode belepo_set_progress(
    CURL *handle, belepo_progress_callback callback, void *owner) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
  return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_XFERINFODATA, owner);
}

static inline CURLcode belepo_set_trace(
    CURL *handle, belepo_trace_callback callback, void *owner) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, callback);
  return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_DEBUGDATA, owner);
}

// Ends the connection that the last transfer used, if it is still there. Whatever libcurl says on it
// after that, it waits for no answer.
static inline void belepo_hang_up(CURL *handle) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  CURLcode code = curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
  if (code == CURLE_OK && socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
}
