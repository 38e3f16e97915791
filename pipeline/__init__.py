"""What happens to a document. Pure: no database, no queue, no web server, no environment.

The way of a document, in the order of its stages: `intake` -> `reading` -> `classify` -> `extract` -> `checks` ->
`route`; `run` tells it as one function.
"""
