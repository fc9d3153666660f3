"""How Java runs where this process starts Spark."""

import re
from pathlib import Path

_LOG4J = Path(__file__).with_name("log4j2.properties")
#: The collector of garbage that costs the least: nobody waits for a single answer of Spark here.
_COLLECTOR, _ANY_COLLECTOR = "-XX:+UseParallelGC", re.compile(r"-XX:\+Use\w+GC\b")


def java_options(log: Path, given: str) -> str:
    """Options of the driver's Java.

    Args:
        log: the file that Spark's log goes to.
        given: options of the settings; Java would end at once with a second collector of garbage.
    """
    own = [f"-Dlog4j2.configurationFile={_LOG4J.as_uri()}", f"-Dfootfall.log={log}"]
    if not _ANY_COLLECTOR.search(given):
        own.append(_COLLECTOR)
    return " ".join([*own, given]).strip()
