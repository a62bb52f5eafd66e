"""The spans of a registration, read by OpenTelemetry's own definitions of its protocol, and once more by a
collector that others have made; what a collector may answer, and what becomes of the spans then."""

import base64
import copy
import gzip
import json
import re
import subprocess
import sysconfig
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from client import Browser
from conftest import Installation
from dispatching import PostOffice, metrics, sms
from ledger import sqlite_rows
from listener import Listener
from parts import Folder, Instance, accepts_connections, end, import_customers
from ports import reserved_ports
from sms_gateways import says
from waiting import wait_until

HEX = {"traceId": r"[0-9a-f]{32}", "spanId": r"[0-9a-f]{16}", "parentSpanId": r"[0-9a-f]{16}"}
JSON, PROTOBUF = "application/json", "application/x-protobuf"


def read(document: dict) -> ExportTraceServiceRequest:
    """Raises ValueError or ParseError for whatever the definitions do not know.

    OTLP's JSON is protobuf's, but for the numbers of traces and spans, which are hexadecimal, kinds and
    codes, which are numbers and never names, and for names, which are never written with underscores.
    """
    document = copy.deepcopy(document)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in HEX.keys() & span.keys():
                    if not re.fullmatch(HEX[name], span[name]) or not int(span[name], 16):
                        raise ValueError(f"{name}: {span[name]}")
                    span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
                for number in (span["kind"], span.get("status", {}).get("code", 0)):
                    if not isinstance(number, int):
                        raise ValueError(f"no number: {number}")
    if re.search(r'"[a-zA-Z]+_\w+":', json.dumps(document)):
        raise ValueError("a name with an underscore")
    return Parse(json.dumps(document), ExportTraceServiceRequest())


@dataclass
class Reply:
    status: int = 200
    # An ExportTraceServiceResponse that has nothing to say.
    body: bytes = b"{}"
    retry_after: str = ""


@dataclass
class Export:
    """One request, as it was read."""

    at: float
    content: ExportTraceServiceRequest
    document: dict | None

    @property
    def spans(self) -> list[Span]:
        return [
            span for resource in self.content.resource_spans
            for scope in resource.scope_spans for span in scope.spans
        ]  # fmt: skip


class Collector:
    """Takes OTLP/HTTP, refuses what it cannot read, and answers the first ones as it is told to."""

    def __init__(self, *replies: Reply):
        self.exports: list[Export] = []
        self.refused: list[str] = []
        self._replies = list(replies)
        self._lock = threading.Lock()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                reply = collector.take(self.path, self.headers, body)
                self.send_response(reply.status)
                self.send_header("Content-Type", self.headers["Content-Type"])
                if reply.retry_after:
                    self.send_header("Retry-After", reply.retry_after)
                is_json = self.headers["Content-Type"] == JSON
                words = reply.body if is_json else ExportTraceServiceResponse().SerializeToString()
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *_):
                pass

        self._listener = Listener(lambda line: Handler(line.socket, None, None))
        self.base = f"http://127.0.0.1:{self._listener.port}"
        self.url = f"{self.base}/v1/traces"

    def take(self, path: str, headers, body: bytes) -> Reply:
        document = None
        try:
            kind = headers["Content-Type"]
            assert path == "/v1/traces" and kind in (JSON, PROTOBUF), (path, kind)
            if headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            else:
                assert headers["Content-Encoding"] in (None, "none"), headers["Content-Encoding"]
            if kind == JSON:
                document = json.loads(body)
                content = read(document)
            else:
                content = ExportTraceServiceRequest.FromString(body)
            assert content.resource_spans
        except (AssertionError, ValueError, KeyError, ParseError, DecodeError) as problem:
            with self._lock:
                self.refused.append(repr(problem))
            return Reply(400)
        with self._lock:
            self.exports.append(Export(time.monotonic(), content, document))
            return self._replies.pop(0) if self._replies else Reply()

    @property
    def spans(self) -> list[Span]:
        return [span for each in list(self.exports) for span in each.spans]

    def close(self) -> None:
        self._listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Rotel:
    """A collector that others have made, from PyPI; it hands on what it has understood, as protobuf."""

    def __init__(self, to: Collector):
        agent = Path(sysconfig.get_path("purelib")) / "rotel" / "rotel-agent"
        assert agent.exists(), "rotel is missing: Drills/setup.sh"
        grpc, self.port = reserved_ports(2)
        self.folder = Folder("rotel")
        with (self.folder.path / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [agent, "start", "--otlp-grpc-endpoint", f"127.0.0.1:{grpc}",
                 "--otlp-http-endpoint", f"127.0.0.1:{self.port}", "--disable-batching",
                 "--exporter", "otlp", "--otlp-exporter-protocol", "http",
                 "--otlp-exporter-endpoint", to.base],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        wait_until(lambda: accepts_connections(self.port), "Rotel listens")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/traces"

    def stop(self) -> None:
        """It has handed on what it had."""
        assert end(self._process) == 0, (self.folder.path / "log").read_text()
        self.folder.remove()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self.folder.remove()


@dataclass
class Story:
    collector: Collector
    anna: object
    began: float
    ended: float


@pytest.fixture(scope="module", params=["as they were sent", "as Rotel has understood them"])
def story(request, ledger):
    """A whole registration, and what came of it at a collector."""
    folder = Folder("traces")
    collector = Collector()
    rotel = Rotel(collector) if "Rotel" in request.param else None
    try:
        url = f"sqlite:{folder.path}/traces.sqlite"
        import_customers(url, count=2)
        began = time.time()
        with Instance(url, BELEPO_TRACES_URL=(rotel or collector).url) as instance:
            rows = sqlite_rows(folder.path / "traces.sqlite")
            installation = Installation(rows, [instance], ledger)
            anna = installation.customer(lambda: instance.address)
            anna.become_a_user()
            installation.must_have_kept_its_promises()
            # What is left is sent at the stop.
            assert instance.stop() == 0
        if rotel:
            rotel.stop()
        yield Story(collector, anna, began, time.time())
    finally:
        if rotel:
            rotel.close()
        collector.close()
        folder.remove()


def attributes(of) -> dict:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


def test_a_registrations_spans_are_read_as_they_were_meant(story):
    collector = story.collector
    assert collector.refused == []
    for export in collector.exports:
        for each in export.content.resource_spans:
            names = attributes(each.resource)
            assert names["service.name"] == "belepo" and names["service.version"]
            assert {scope.scope.name for scope in each.scope_spans} == {"belepo"}
    spans = collector.spans
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans)
    for span in spans:
        assert (len(span.trace_id), len(span.span_id)) == (16, 8)
        # Nanoseconds of this world's clock, not milliseconds, and within the story.
        assert story.began - 1 < span.start_time_unix_nano / 1e9 < story.ended + 1
        assert span.start_time_unix_nano <= span.end_time_unix_nano < (story.ended + 1) * 1e9
        assert span.kind in (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT)
        # Nothing has failed, and nobody has said that all is well.
        assert (span.status.code, span.status.message) == (Status.STATUS_CODE_UNSET, "")
        assert (span.flags, span.trace_state, len(span.events), len(span.links)) == (0, "", 0, 0)

    requests = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    wanted = {"POST /regisztracio", "POST /regisztracio/jelszo", "POST /megerosites", "GET /fiok"}
    assert wanted <= {span.name for span in requests}
    for span in requests:
        # The caller has said nothing: each begins a trace.
        assert span.parent_span_id == b""
        values = attributes(span)
        assert span.name == f"{values['http.request.method']} {values['http.route']}"
        assert 200 <= values["http.response.status_code"] < 500
    assert len({span.trace_id for span in requests}) == len(requests)


def test_a_transaction_is_a_part_of_its_request(story):
    spans = story.collector.spans
    by_id = {span.span_id: span for span in spans}
    transactions = [span for span in spans if span.name in ("read", "write")]
    assert len(transactions) > 10
    for span in transactions:
        parent = by_id[span.parent_span_id]
        assert span.kind == Span.SPAN_KIND_CLIENT and parent.trace_id == span.trace_id
        # Both times are of a clock that tells microseconds.
        assert parent.start_time_unix_nano <= span.start_time_unix_nano + 1000
        assert span.end_time_unix_nano <= parent.end_time_unix_nano + 1000
        assert attributes(span) == {"db.system.name": "sqlite", "db.operation.name": span.name}
    messages = {span.name for span in spans} - {"read", "write"}
    assert {"send sms", "send email"} <= messages


def test_nothing_personal_is_in_them(story):
    told = "".join(MessageToJson(each.content, ensure_ascii=False) for each in story.collector.exports)
    anna = story.anna
    assert "POST /regisztracio" in told
    for personal in (anna.number, anna.line, anna.email, "Piroska"):
        assert personal not in told, personal


FAULTS = {
    "a field that nobody knows": lambda span: span.update(colour="blue"),
    "a field in the file's own spelling": lambda span: span.update(trace_state=""),
    "a number that is not hexadecimal": lambda span: span.update(traceId="z" * 32),
    "a number in capitals": lambda span: span.update(spanId="ABCDEF0123456789"),
    "a number that is too short": lambda span: span.update(spanId="abc"),
    "a number of zeros": lambda span: span.update(spanId="0" * 16),
    "a time that is none": lambda span: span.update(startTimeUnixNano="soon"),
    "a time before all times": lambda span: span.update(endTimeUnixNano="-1"),
    "a kind that is none": lambda span: span.update(kind="SPAN_KIND_ODD"),
    "a kind by its name": lambda span: span.update(kind="SPAN_KIND_SERVER"),
    "a status by its name": lambda span: span.update(status={"code": "STATUS_CODE_ERROR"}),
    "a name that is a number": lambda span: span.update(name=7),
    "a value of two kinds": lambda span: span["attributes"][0].update(
        value={"stringValue": "7", "intValue": "7"}
    ),
}


@pytest.fixture(scope="module")
def sent():
    """A document of the program's, of a page that was opened."""
    folder = Folder("document")
    try:
        url = f"sqlite:{folder.path}/document.sqlite"
        import_customers(url, count=1)
        with Collector() as collector, Instance(url, BELEPO_TRACES_URL=collector.url) as instance:
            browser = Browser(lambda: instance.address)
            browser.get("/regisztracio")
            browser.close()
            assert instance.stop() == 0
        yield collector.exports[0].document
    finally:
        folder.remove()


@pytest.mark.parametrize("plant", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_refused(plant, sent):
    document = copy.deepcopy(sent)
    read(document)
    plant(document["resourceSpans"][0]["scopeSpans"][0]["spans"][0])
    with pytest.raises((ValueError, ParseError)):
        read(document)


# What a collector may answer.


@pytest.fixture
def traced():
    """An instance beside a collector that answers the first exports so; it sends after each page."""
    folder = Folder("answers")
    opened = []

    def begin(*replies: Reply) -> tuple[Collector, Instance, Browser]:
        url = f"sqlite:{folder.path}/answers.sqlite"
        import_customers(url, count=1)
        collector = Collector(*replies)
        opened.append(collector)
        instance = Instance(url, BELEPO_TRACES_URL=collector.url, BELEPO_LOG_LEVEL="info")
        opened.append(instance)
        browser = Browser(lambda: instance.address)
        opened.append(browser)
        return collector, instance, browser

    yield begin
    for each in reversed(opened):
        each.close()
    folder.remove()


def numbers(export: Export) -> list[bytes]:
    return [span.span_id for span in export.spans]


def test_a_caller_finds_its_request_in_its_own_trace(traced):
    collector, instance, browser = traced()
    trace, caller = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    answer = browser.get("/regisztracio", traceparent=f"00-{trace}-{caller}-01")
    browser.get("/bejelentkezes", traceparent=f"00-{trace[::-1]}-{caller}-00")
    assert instance.stop() == 0
    ours = [span for span in collector.spans if span.trace_id.hex() == trace]
    (request,) = (span for span in ours if span.kind == Span.SPAN_KIND_SERVER)
    assert (request.name, request.parent_span_id.hex()) == ("GET /regisztracio", caller)
    assert answer.headers["traceparent"] == f"00-{trace}-{request.span_id.hex()}-01"
    assert not [span for span in collector.spans if span.trace_id.hex() == trace[::-1]]


@pytest.mark.parametrize(
    "replies, pause",
    [
        ((Reply(429, retry_after="3"),), 3),
        ((Reply(503, retry_after="3"),), 3),
        ((Reply(503), Reply(502), Reply(504)), 1),
    ],
    ids=["429, come again in 3 s", "503, come again in 3 s", "503, 502 and 504"],
)
def test_a_batch_is_sent_again_when_it_may_be_and_not_before(replies, pause, traced):
    collector, instance, browser = traced(*replies)
    browser.get("/regisztracio")
    wait_until(lambda: len(collector.exports) > len(replies), "it is sent again")
    exports = collector.exports[: len(replies) + 1]
    first = numbers(exports[0])
    # Others may have joined them.
    assert first and all(numbers(each)[: len(first)] == first for each in exports)
    for before, after in zip(exports, exports[1:], strict=False):
        assert after.at - before.at >= pause
    assert len(instance.log_lines('"traces_failed"')) == 1
    wait_until(lambda: instance.log_lines('"traces_work"'), "the log says that it works again")
    assert instance.stop() == 0
    sent_since = [number for each in collector.exports[len(exports) :] for number in numbers(each)]
    assert not set(sent_since) & set(first)


def test_what_is_refused_for_good_is_not_sent_again_and_counted(traced):
    collector, instance, browser = traced(Reply(400))
    browser.get("/regisztracio")
    wait_until(lambda: instance.log_lines('"traces_failed"'), "it is refused")
    browser.get("/bejelentkezes")
    wait_until(lambda: len(collector.exports) > 1, "the next ones are sent")
    refused, *others = [numbers(each) for each in collector.exports]
    assert not {number for each in others for number in each} & set(refused)
    assert metrics(instance)["belepo_spans_dropped_total"] == len(refused)
    assert instance.stop() == 0


def test_what_is_rejected_of_a_batch_is_not_sent_again_and_counted(traced):
    """«Partial Success»: a client must not send it again."""
    words = b'{"partialSuccess": {"rejectedSpans": "1", "errorMessage": "too old for us"}}'
    collector, instance, browser = traced(Reply(200, words))
    browser.get("/regisztracio")
    wait_until(lambda: instance.log_lines('"traces_partly_taken"'), "the log tells of it")
    (line,) = instance.log_lines('"traces_partly_taken"')
    assert "too old for us" in line
    browser.get("/bejelentkezes")
    wait_until(lambda: len(collector.exports) > 1, "the next ones are sent")
    partly, *others = [numbers(each) for each in collector.exports]
    assert not {number for each in others for number in each} & set(partly)
    assert metrics(instance)["belepo_spans_dropped_total"] == 1
    assert instance.stop() == 0


def test_a_message_that_is_not_taken_is_an_error_and_the_next_try_is_none():
    folder = Folder("errors")
    try:
        url = f"sqlite:{folder.path}/errors.sqlite"
        import_customers(url, count=1)
        with Collector() as collector, PostOffice(url) as office:
            message = sms()
            office.gateway.answer(message.to, says(503))
            dispatcher = office.dispatcher(BELEPO_TRACES_URL=collector.url)
            office.queue.put(message)
            office.wait_until_ended(message)
            assert dispatcher.stop() == 0
            tries = [span for span in collector.spans if span.name == "send sms"]
    finally:
        folder.remove()
    assert [span.status.code for span in tries] == [Status.STATUS_CODE_ERROR, Status.STATUS_CODE_UNSET]
    said = [attributes(span)["belepo.gateway.answer"] for span in tries]
    assert said == ["temporary", "taken"], said
    assert len({span.trace_id for span in tries}) == 2
    assert tries[0].end_time_unix_nano <= tries[1].start_time_unix_nano
