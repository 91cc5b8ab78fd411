"""RFM against named peers: polars and DuckDB by hand, and pymc-marketing."""
