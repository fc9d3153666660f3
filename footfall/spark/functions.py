"""Functions that a session of Spark lacks: DuckDB's own expressions, run by DuckDB where Spark's Python runs.

Case, normal forms and white space differ between engines and their editions of Unicode (`İ`, the final sigma, spaces
other than U+0020). Where the models need them they call a macro of dialect.sql; on Spark that is one of these
functions, which evaluates the DuckDB macro of the same name. Executors need the packages duckdb and pyarrow.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.spark.dialect import duckdb_expression

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Macro of dialect.sql: its arguments with their types in Spark, and what it returns.
FUNCTIONS = {
    "normalise_term": ({"text": "string"}, "string"),
    "lower_trimmed": ({"text": "string"}, "string"),
    "has_domain": ({"email": "string", "domains": "array<string>"}, "boolean"),
}


def register_functions(session: "SparkSession", dbt_project: Path) -> None:
    """Make the functions known to a session, under the names of their macros."""
    from pyspark.sql.functions import arrow_udf

    for name, (arguments, returned) in FUNCTIONS.items():
        expression = duckdb_expression(dbt_project, name, *arguments)
        function = _evaluating(expression, returned, tuple(arguments))
        session.udf.register(name, arrow_udf(function, returned))


def _evaluating(expression: str, returned: str, names: tuple[str, ...]) -> Any:
    """A function over arrays of Arrow, to be sent to executors by its code: it needs nothing of Footfall there."""

    def evaluate(*arrays):
        import duckdb
        import pyarrow

        kind = pyarrow.bool_() if returned == "boolean" else pyarrow.string()
        with duckdb.connect(config={"threads": 1}) as connection:
            batch = connection.from_arrow(pyarrow.table(dict(zip(names, arrays, strict=True))))
            table = batch.project(f"{expression} as value").to_arrow_table()
        return table.column("value").combine_chunks().cast(kind)

    return evaluate
