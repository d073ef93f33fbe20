# Runs inside the sandbox, where it comes as text: executes the cells, answers the calls.
# It holds no secret: what it knows, the submission may read, and what it says is only a value.
# SOURCES, the texts of wire.py and of homework/calls.py, stands in front of it.
import contextlib
import json
import os
import re
import socket
import sys
import types

# names of their own, so that a submission that patches a module mostly hurts itself
_dumps, _loads, _exit = json.dumps, json.loads, os._exit


def module(name):
    """A module from SOURCES: inside there is no file of the grader to import."""
    made = sys.modules[name] = types.ModuleType(name)
    exec(compile(SOURCES[name], name, "exec"), made.__dict__)  # noqa: F821
    return sys.modules.pop(name)


wire, calls = module("wire"), module("calls")


class Channel:
    """JSON lines over the socket that stands in for standard input."""

    def __init__(self):
        self.socket = socket.socket(fileno=os.dup(0))
        self.lines = self.socket.makefile("rb")
        self.owner = os.getpid()

    def send(self, message):
        if os.getpid() != self.owner:
            _exit(0)  # a child that the submission forked and that came back here
        self.socket.sendall(_dumps(message).encode() + b"\n")

    def receive(self):
        line = self.lines.readline()
        return _loads(line) if line else _exit(1)


def limit(limits):
    try:
        import resource
    except ImportError:
        return
    for name, value in limits.items():
        # not every system has every limit
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def silence():
    """Nothing to read on standard input; what is printed goes to a file of limited size."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    printed = os.open("printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(printed, 1)
    os.dup2(printed, 2)


def line_of(error):
    """Where in the student's cell an exception came from."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<answer>":
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename == "<answer>":
        line = error.lineno or 0
    return f" (line {line} of the cell)" if line else ""


def failure(error):
    """[kind, message] of an exception, whatever its text does."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return kind_and_message("raised", f"{type(error).__name__}: {text:.300}{line_of(error)}")
    except BaseException:
        return ["raised", "an exception without a readable text"]


def kind_and_message(kind, message):
    if kind == "raised" and "MemoryError" in message:
        kind = "memory"
    if kind == "raised" and "[Errno 27]" in message:  # EFBIG, the limit on any one file
        kind, message = "output", "more than a megabyte was printed or written"
    return [kind, message]


class Submission:
    def __init__(self, channel, request):
        self.channel = channel
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.names = module.__dict__
        # what a notebook has by itself, and the check cell's function: it is not asked here
        self.names |= {"display": print, "check": lambda question: None}
        for name in request["blocked"]:
            sys.modules[name] = None
        self.broken = None
        for source in request["before"]:
            self.execute(source, "<earlier>")
        channel.send({"ready": True})
        for name in request["borrowed_functions"]:
            self.names[name] = self.borrow(name)
        self.names.update({name: wire.unpack(v) for name, v in request["borrowed_values"].items()})
        for source in request["answer"]:
            error = self.execute(source, "<answer>")
            self.broken = self.broken or error

    def execute(self, source, label):
        try:
            try:
                code = compile(source, label, "exec")
            except SyntaxError:
                code = compile(without_magics(source), label, "exec")
            exec(code, self.names)
            sys.stdout.flush()
        except BaseException as error:
            return failure(error)

    def borrow(self, name):
        """A function that the grader computes: its source is not here."""

        def borrowed(*args, **kwargs):
            self.channel.send(
                {"borrow": name, "args": wire.pack(args), "kwargs": wire.pack(kwargs)}
            )
            reply = self.channel.receive()
            if "error" in reply:
                raise ValueError(reply["error"])
            return wire.unpack(reply["value"])

        return borrowed

    def answer(self, asked):
        try:
            call = calls.Call(asked["name"], arguments(asked["args"]), arguments(asked["then"]))
            if call.name not in self.names and self.broken:
                return {"failure": self.broken}
            self.line = ""
            value = calls.answer(call, self.noting_lines(call))
            sys.stdout.flush()
            if isinstance(value, calls.Failure):
                what = kind_and_message(value.kind, value.message + self.line)
                return {"failure": what, "value": wire.pack(value.value)}
        except BaseException as error:
            return {"failure": failure(error)}
        try:
            return {"value": wire.pack(value)}
        except BaseException as error:
            return {"failure": ["type", f"{call.name} gives {error}"]}

    def noting_lines(self, call):
        """The names, with a function that notes the line where it stops."""
        found = self.names.get(call.name)
        if call.args is None or not callable(found):
            return self.names

        def noting(*args):
            try:
                return found(*args)
            except Exception as error:
                self.line = line_of(error)
                raise

        return {call.name: noting}


def without_magics(source):
    """The cell without lines for IPython and the shell; line numbers stay."""
    lines = source.split("\n")
    magic = [line.lstrip().startswith(("%", "!")) for line in lines]
    return "\n".join(
        re.sub(r"\S.*", "pass", line) if m else line for line, m in zip(lines, magic, strict=True)
    )


def arguments(packed):
    """Arguments, new for every call; {"seed": n} is a generator."""
    if packed is None:
        return None
    return tuple(
        calls.Seed(a["seed"]) if isinstance(a, dict) and "seed" in a else wire.unpack(a)
        for a in packed
    )


def main():
    channel = Channel()
    request = channel.receive()
    silence()
    limit(request["limits"])
    submission = Submission(channel, request)
    for call in request["calls"]:
        channel.send(submission.answer(call))
    _exit(0)  # no atexit hook runs, no thread is waited for


main()
