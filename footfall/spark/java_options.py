"""How Java runs where this process starts Spark."""

import re
from pathlib import Path

_LOG4J = Path(__file__).with_name("log4j2.properties")
#: The collector of garbage that costs the least: nobody waits for a single answer of Spark here.
_COLLECTOR, _ANY_COLLECTOR = "-XX:+UseParallelGC", re.compile(r"-XX:\+Use\w+GC\b")
#: Only code that runs ten times as often as by default is optimised in full. A build has hundreds of statements, each
#: with code of its own that runs for a second: optimising it took more processor time than all rows did.
_COMPILER = (
    "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 "
    "-XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000"
)


def java_options(log: Path, given: str) -> str:
    """Options of the driver's Java.

    Args:
        log: the file that Spark's log goes to.
        given: options of the settings; of two values of one option Java takes the last, theirs, but it would end at
            once with a second collector of garbage.
    """
    own = [f"-Dlog4j2.configurationFile={_LOG4J.as_uri()}", f"-Dfootfall.log={log}", _COMPILER]
    if not _ANY_COLLECTOR.search(given):
        own.append(_COLLECTOR)
    return " ".join([*own, given]).strip()
