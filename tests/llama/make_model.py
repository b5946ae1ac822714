"""Writes a tiny llama model with random weights, so that tests need no download of weights.

    make_model.py FILE

What the model says means nothing. A server that makes a grammar of the reply's JSON Schema still
gets well-formed replies out of it, so the tests see a real server's protocol: streams, usage,
refusals, limits. The seed is fixed: the same versions of the libraries write the same bytes, and
at temperature 0 the same prompt gets the same reply.

Four things make replies short and complete, since a reply that runs into the token limit tests
nothing but that limit:

- The first coordinate of every token's embedding is the same large number, and no layer changes
  it. So the first column of the output matrix acts as a bias for each token.
- By that bias quotation marks come often, whole words next, then characters; the raw bytes never
  come, since llama.cpp's grammars let through sequences of them that are not UTF-8.
- The layers' numbers are large enough for the place in the text and the prompt to matter. A model
  that looks at its last token only repeats itself until the string has its greatest length.
- Frequent words are one token each, which makes prompts shorter, too.
"""

import sys

import gguf
import numpy as np

SEED = 2
WIDTH = 64
HEADS = 4
LAYERS = 1
INNER_WIDTH = 128
# The server divides its context among its slots; none may have more than this.
CONTEXT = 32_768

# How far the constant coordinate stands out from the others, which are normally distributed.
CONSTANT = 4.0
# The spread of the layers' matrices: how much anything before the last token counts.
LAYER_SPREAD = 0.25
# The spread of the output matrix: how much the text, rather than the bias, decides.
OUTPUT_SPREAD = 0.3
# The biases. The seed was chosen with them: with many others one verdict is all there is.
CLOSING_BIAS = 8.0
BYTE_BIAS = -50.0
FRAGMENT_BIAS = -8.0
WORD_BIAS = 4.0

# Their beginnings become tokens as well: the tokenizer only joins neighbours, so that it reaches
# a word by way of its beginnings.
WORDS = """
a about after all also an and answer any are as at be because before between but by can candidate
case concept correct database each every example for from has have if in index into is it its join
may missing model more most must no not of on one only or other partial query question quote
reference same score so than that the their them then there they this time to two use user was
what when where which while will with without would you
""".split()

# How SentencePiece writes a space.
SPACE = "\u2581"

TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "assistant:"
)


def vocabulary():
    """Returns the tokens as (text, score, type), the way SentencePiece lists them."""
    kind = gguf.TokenType
    tokens = [
        ("<unk>", 0.0, kind.UNKNOWN),
        ("<s>", 0.0, kind.CONTROL),
        ("</s>", 0.0, kind.CONTROL),
    ]
    tokens += [(f"<0x{byte:02X}>", 0.0, kind.BYTE) for byte in range(256)]
    tokens.append((SPACE, -1.0, kind.NORMAL))
    tokens += [(chr(code), -2.0, kind.NORMAL) for code in range(0x21, 0x7F)]
    beginnings = {
        (SPACE + word)[:length]
        for word in WORDS
        for length in range(2, len(word) + 2)
    }
    # The highest score is joined first; a longer beginning must not lose to a shorter one.
    tokens += [(text, float(len(text)), kind.NORMAL) for text in sorted(beginnings)]
    return tokens


def bias(text, kind):
    """Returns how much likelier than others a token is, whatever came before."""
    if text == '"':
        return CLOSING_BIAS
    if kind == gguf.TokenType.BYTE:
        return BYTE_BIAS
    if text in (SPACE + word for word in WORDS):
        return WORD_BIAS
    return FRAGMENT_BIAS if len(text) > 1 else 0.0


def write(path):
    random = np.random.default_rng(SEED)

    def normal(rows, columns, spread):
        return (random.standard_normal((rows, columns)) * spread).astype(np.float32)

    tokens = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny-random")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER_WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text.encode() for text, _, _ in tokens])
    writer.add_token_scores([score for _, score, _ in tokens])
    writer.add_token_types([int(kind) for _, _, kind in tokens])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)

    embedding = normal(len(tokens), WIDTH, 1.0)
    embedding[:, 0] = CONSTANT
    output = normal(len(tokens), WIDTH, OUTPUT_SPREAD)
    output[:, 0] = [bias(text, kind) for text, _, kind in tokens]
    ones = np.ones(WIDTH, np.float32)
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", ones)
    writer.add_tensor("output.weight", output)

    def layer_matrix(rows, columns, into_residual=False):
        matrix = normal(rows, columns, LAYER_SPREAD)
        if into_residual:
            matrix[0] = 0.0  # leaves the constant coordinate as it is
        return matrix

    for layer in range(LAYERS):
        block = f"blk.{layer}."
        writer.add_tensor(block + "attn_norm.weight", ones)
        for part in ("q", "k", "v"):
            writer.add_tensor(f"{block}attn_{part}.weight", layer_matrix(WIDTH, WIDTH))
        writer.add_tensor(block + "attn_output.weight", layer_matrix(WIDTH, WIDTH, True))
        writer.add_tensor(block + "ffn_norm.weight", ones)
        writer.add_tensor(block + "ffn_gate.weight", layer_matrix(INNER_WIDTH, WIDTH))
        writer.add_tensor(block + "ffn_up.weight", layer_matrix(INNER_WIDTH, WIDTH))
        writer.add_tensor(block + "ffn_down.weight", layer_matrix(WIDTH, INNER_WIDTH, True))

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"wrote a model of {len(tokens)} tokens")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_model.py FILE")
    write(sys.argv[1])
