"""Serves a model on loopback with llama.cpp's own server, for as long as the parent lives.

    serve.py [--no-key] PORT MODEL

PORT 0 takes a free port. One line on standard output, `listening on http://127.0.0.1:PORT/v1`,
says that the server answers now. It ends when its standard input does, so keep that open: a test
that panics or is killed leaves no server behind. The key is `sk-local` and the model is called
`tiny`; with --no-key any key will do, or none.
"""

import argparse
import os
import sys
import threading
import time
import urllib.error
import urllib.request

import xllamacpp

HOST = "127.0.0.1"
KEY = "sk-local"
ALIAS = "tiny"
SLOTS = 2
# What each slot gets; make_model.py allows no more.
CONTEXT = 32_768
SECONDS_TO_START = 30


def parameters(port, model, key):
    chosen = xllamacpp.CommonParams()
    chosen.model.path = model
    chosen.model_alias = {ALIAS}
    chosen.hostnames = [HOST]
    chosen.port = port
    chosen.api_keys = [key] if key else []
    chosen.n_parallel = SLOTS
    chosen.n_ctx = SLOTS * CONTEXT
    # Nothing is looked for on the network, on a graphics card or in the model's memory needs.
    chosen.offline = True
    chosen.n_gpu_layers = 0
    chosen.fit_params = False
    chosen.warmup = False
    # No memory of earlier prompts beyond what each slot has: it would grow without need.
    chosen.cache_ram_mib = 0
    # One thread: the model is so small that handing work over costs more than it saves.
    chosen.cpuparams.n_threads = 1
    chosen.cpuparams_batch.n_threads = 1
    chosen.use_jinja = True
    return chosen


def exit_with_parent():
    """Ends the process when standard input ends, whatever the server is doing."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


def wait_until_ready(address):
    # No proxy, whatever the environment says: this is our own process.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            with opener.open(f"{address}/health", timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass  # 503 while the model loads, refused before the socket is there
        time.sleep(0.05)
    sys.exit(f"no answer from {address}/health within {SECONDS_TO_START} seconds")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-key", action="store_true", help="ask callers for no key")
    parser.add_argument("port", type=int, help="the port, or 0 for a free one")
    parser.add_argument("model", help="the GGUF file")
    arguments = parser.parse_args()

    threading.Thread(target=exit_with_parent, daemon=True).start()
    server = xllamacpp.Server(
        parameters(arguments.port, arguments.model, None if arguments.no_key else KEY)
    )
    wait_until_ready(server.listening_address)
    print(f"listening on {server.listening_address}/v1", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
