"""What a macro of dialect.sql says for DuckDB, for the places where Spark has DuckDB evaluate it."""

from pathlib import Path


class _Adapter:
    """dbt's `adapter`, as far as macros of one engine that call each other need it."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.macros: object = None

    def dispatch(self, name: str) -> object:
        return getattr(self.macros, f"{self.engine}__{name}")


def expression(dbt_project: Path, engine: str, macro: str, *arguments: object) -> str:
    """The SQL that a macro of the dialect gives for an engine (`duckdb`, `spark`), without dbt."""
    import jinja2

    adapter = _Adapter(engine)
    text = "".join((dbt_project / "macros" / name).read_text() for name in ("dialect.sql", "dialect_spark.sql"))
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    template = environment.from_string(text, globals={"adapter": adapter, "return": lambda value: value})
    adapter.macros = template.module
    return str(getattr(adapter.macros, macro)(*arguments))


def duckdb_expression(dbt_project: Path, macro: str, *arguments: object) -> str:
    """The SQL that a macro of the dialect gives for DuckDB."""
    return expression(dbt_project, "duckdb", macro, *arguments)
