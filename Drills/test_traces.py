"""The spans of a registration, read by OpenTelemetry's own definitions of its protocol."""

import base64
import copy
import json
import threading
from http.server import BaseHTTPRequestHandler

import pytest
from google.protobuf.json_format import Parse, ParseError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from conftest import Installation
from ledger import sqlite_rows
from listener import Listener
from parts import Folder, Instance, import_customers


def read(document: dict) -> ExportTraceServiceRequest:
    """Raises ValueError or ParseError for whatever the definitions do not know.

    OTLP's JSON is protobuf's, but for the numbers of traces and spans, which are hexadecimal.
    """
    document = copy.deepcopy(document)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in {"traceId", "spanId", "parentSpanId"} & span.keys():
                    span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    return Parse(json.dumps(document), ExportTraceServiceRequest())


class Collector:
    """Takes OTLP/HTTP with JSON, and refuses what it cannot read."""

    def __init__(self):
        self.documents: list[dict] = []
        self.refused: list[str] = []
        self._lock = threading.Lock()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = collector.take(self.path, self.headers["Content-Type"], body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                # An ExportTraceServiceResponse that has nothing to say.
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self._listener = Listener(lambda line: Handler(line.socket, None, None))
        self.url = f"http://127.0.0.1:{self._listener.port}/v1/traces"

    def take(self, path: str, kind: str, body: bytes) -> int:
        try:
            assert (path, kind) == ("/v1/traces", "application/json"), (path, kind)
            document = json.loads(body)
            read(document)
        except (AssertionError, ValueError, KeyError, ParseError) as problem:
            with self._lock:
                self.refused.append(repr(problem))
            return 400
        with self._lock:
            self.documents.append(document)
        return 200

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def sent(ledger):
    """What a whole registration has sent, and who registered."""
    folder = Folder("traces")
    collector = Collector()
    try:
        url = f"sqlite:{folder.path}/traces.sqlite"
        import_customers(url, count=1)
        with Instance(url, BELEPO_TRACES_URL=collector.url) as instance:
            rows = sqlite_rows(folder.path / "traces.sqlite")
            installation = Installation(rows, [instance], ledger)
            anna = installation.customer(lambda: instance.address)
            anna.become_a_user()
            installation.must_have_kept_its_promises()
            # What is left is sent at the stop.
            assert instance.stop() == 0
        yield collector, anna
    finally:
        collector.close()
        folder.remove()


def test_a_registrations_spans_are_read_as_they_were_meant(sent):
    collector, anna = sent
    assert collector.refused == []
    resources = [each for document in collector.documents for each in read(document).resource_spans]
    for resource in resources:
        names = {each.key: each.value.string_value for each in resource.resource.attributes}
        assert names["service.name"] == "belepo" and names["service.version"]
    spans = [span for each in resources for scope in each.scope_spans for span in scope.spans]
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans)
    for span in spans:
        assert (len(span.trace_id), len(span.span_id)) == (16, 8)
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.kind in (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT)

    requests = [span for span in spans if span.kind == Span.SPAN_KIND_SERVER]
    wanted = {"POST /regisztracio", "POST /regisztracio/jelszo", "POST /megerosites", "GET /fiok"}
    assert wanted <= {span.name for span in requests}
    for span in requests:
        values = {each.key: each.value for each in span.attributes}
        assert values["http.response.status_code"].WhichOneof("value") == "int_value"
        assert 200 <= values["http.response.status_code"].int_value < 500
    transactions = [span for span in spans if span.name in ("read", "write")]
    assert transactions
    for span in transactions:
        assert by_id[span.parent_span_id].trace_id == span.trace_id
    assert {"send sms", "send email"} <= {span.name for span in spans}

    told = json.dumps(collector.documents, ensure_ascii=False)
    for personal in (anna.number, anna.line, anna.email, "Piroska"):
        assert personal not in told, personal


FAULTS = {
    "a field that nobody knows": lambda span: span.update(colour="blue"),
    "a number that is not hexadecimal": lambda span: span.update(traceId="z" * 32),
    "a time that is none": lambda span: span.update(startTimeUnixNano="soon"),
    "a kind that is none": lambda span: span.update(kind="SPAN_KIND_ODD"),
    "a name that is a number": lambda span: span.update(name=7),
}


@pytest.mark.parametrize("plant", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_refused(plant, sent):
    document = copy.deepcopy(sent[0].documents[0])
    read(document)
    plant(document["resourceSpans"][0]["scopeSpans"][0]["spans"][0])
    with pytest.raises((ValueError, ParseError)):
        read(document)
