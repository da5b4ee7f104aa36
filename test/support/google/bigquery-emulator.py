"""Starts bqemulator so that it bears what BigQuery bears: appends, queries and reads of tables at the same time.

It has one DuckDB connection, which must be used by one thread at a time, and uses it from three sides: the event loop (queries), a pool
of threads for requests that only read, and a thread for each open append stream. Two of them at once give the rows of the other, an
error, or no answer ever again. Threads are also as few as the machine has cores, and four more: the stream after that is never heard.
So all work with the database is done on the event loop here, and streams have threads enough. Nothing else is changed.
"""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import fastapi.routing
import grpc
from bqemulator.cli import main
from bqemulator.grpc_api.write_servicer import BigQueryWriteHandler

# An open stream holds one; a suite's warehouses have up to ten each.
STREAM_THREADS = 1_000

loop = None
make_server = grpc.aio.server


def server_with_threads(**options):
    global loop
    loop = asyncio.get_running_loop()
    return make_server(migration_thread_pool=ThreadPoolExecutor(STREAM_THREADS), **options)


def on_event_loop(method):
    async def call(handler, arguments):
        async with handler._ctx.engine.write_lock():
            return method(handler, *arguments)

    def run(handler, *arguments):
        return asyncio.run_coroutine_threadsafe(call(handler, arguments), loop).result()

    return run


async def at_once(call, /, *args, **kwargs):
    return call(*args, **kwargs)


grpc.aio.server = server_with_threads
for name in ("_bind_stream_to_target", "_perform_append"):
    setattr(BigQueryWriteHandler, name, on_event_loop(getattr(BigQueryWriteHandler, name)))
fastapi.routing.run_in_threadpool = at_once

# Ended with the test process however that ends: standard input closes then.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main()
