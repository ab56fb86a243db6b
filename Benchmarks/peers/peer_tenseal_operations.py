"""Encrypted: single operations of CKKS, by the interface to SEAL that comes with TenSEAL, one call for each."""

import cmath
import math
import os
import random
import tempfile

from measuring import WrongResult, measure

PACKAGE = "tenseal"
TABLE = "operations"

# Degree, bit lengths of the primes (the last is the special one), log2 of the scale. SEAL has one special prime.
CHAINS = [
    (8192, [60, 40, 40, 60], 40),
    (16384, [59, *[40] * 8, 59], 40),
]
LEAST_PRECISION_BITS = 15  # a wrong result has none


def rows(_case):
    for degree, bits, log_scale in CHAINS:
        yield from chain_rows(degree, bits, 2.0**log_scale)


def chain_rows(degree: int, bits: list[int], scale: float):
    scheme = Scheme(degree, bits, scale)
    for name, work, decrypted, expected, size in scheme.operations():
        work()
        precision = precision_bits(decrypted(), expected)
        # As the negation of what is right, which NaN is not.
        if not precision >= LEAST_PRECISION_BITS:
            raise WrongResult(f"{name}: {precision} bits of precision, fewer than {LEAST_PRECISION_BITS}")
        yield {
            "name": f"ckks.{name}", "peer": "TenSEAL", "n": degree, "primes": len(bits) - 1, "specialPrimes": 1,
            "logQP": sum(bits), "primeSizes": str(bits), "precisionBits": precision, **size(), **measure(work),
        }


def precision_bits(found: list[complex], expected: list[complex]) -> float:
    """-log2 of the root mean square of the distances, as in msfhe-bench."""
    squares = sum(abs(x - y) ** 2 for x, y in zip(found, expected, strict=True))
    return -math.log2(math.sqrt(squares / len(expected))) if squares else math.inf


class Scheme:
    """Keys, and everything that works with them."""

    def __init__(self, degree: int, bits: list[int], scale: float):
        import tenseal.sealapi as seal

        parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.CKKS)
        parameters.set_poly_modulus_degree(degree)
        parameters.set_coeff_modulus(seal.CoeffModulus.Create(degree, bits))
        self.seal, self.scale = seal, scale
        self.context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.TC128)
        self.generator = seal.KeyGenerator(self.context)
        self.public_key, self.relin_keys, self.galois_keys = seal.PublicKey(), seal.RelinKeys(), seal.GaloisKeys()
        self.generator.create_public_key(self.public_key)
        self.generator.create_relin_keys(self.relin_keys)
        self.generator.create_galois_keys([rotation_exponent(1, degree)], self.galois_keys)
        self.encoder = seal.CKKSEncoder(self.context)
        self.encryptor = seal.Encryptor(self.context, self.public_key, self.generator.secret_key())
        self.decryptor = seal.Decryptor(self.context, self.generator.secret_key())
        self.evaluator = seal.Evaluator(self.context)
        generator = random.Random(1)
        self.message, self.second_message = (
            [cmath.exp(1j * generator.uniform(0, 2 * math.pi)) for _ in range(degree // 2)] for _ in range(2))

    def encoded(self, message: list[complex]):
        plaintext = self.seal.Plaintext()
        self.encoder.encode(message, self.scale, plaintext)
        return plaintext

    def encrypted(self, plaintext):
        ciphertext = self.seal.Ciphertext()
        self.encryptor.encrypt_symmetric(plaintext, ciphertext)
        return ciphertext

    def slots(self, ciphertext) -> list[complex]:
        plaintext = self.seal.Plaintext()
        self.decryptor.decrypt(ciphertext, plaintext)
        return self.encoder.decode_complex(plaintext)

    def operations(self):
        """Name, work, slots that it leads to, what they should be, and fields of the result's size.

        Results are written to the same objects again and again, whose memory SEAL keeps."""
        encryptor, evaluator = self.encryptor, self.evaluator
        plaintext, second_plaintext = self.encoded(self.message), self.encoded(self.second_message)
        first, second = self.encrypted(plaintext), self.encrypted(second_plaintext)
        products = [x * y for x, y in zip(self.message, self.second_message)]
        product, plain_product = self.seal.Ciphertext(), self.seal.Ciphertext()
        evaluator.multiply(first, second, product)
        evaluator.multiply_plain(first, second_plaintext, plain_product)

        out, out_plaintext, out_slots = self.seal.Ciphertext(), self.seal.Plaintext(), []

        def plaintext_row(name, work):
            return (name, work, lambda: self.encoder.decode_complex(out_plaintext), self.message, dict)

        def ciphertext_row(name, work, expected):
            return (name, work, lambda: self.slots(out), expected, lambda: ciphertext_size(out))

        def decode():
            out_slots[:] = self.encoder.decode_complex(plaintext)

        def multiply_relinearize_rescale():
            evaluator.multiply(first, second, out)
            evaluator.relinearize_inplace(out, self.relin_keys)
            evaluator.rescale_to_next_inplace(out)

        yield plaintext_row("encode", lambda: self.encoder.encode(self.message, self.scale, out_plaintext))
        yield ("decode", decode, lambda: out_slots, self.message, dict)
        yield ciphertext_row("encryptSecret", lambda: encryptor.encrypt_symmetric(plaintext, out), self.message)
        yield ciphertext_row("encryptPublic", lambda: encryptor.encrypt(plaintext, out), self.message)
        yield plaintext_row("decrypt", lambda: self.decryptor.decrypt(first, out_plaintext))
        yield ciphertext_row("add", lambda: evaluator.add(first, second, out),
                             [x + y for x, y in zip(self.message, self.second_message)])
        yield ciphertext_row("multiplyPlain", lambda: evaluator.multiply_plain(first, second_plaintext, out), products)
        yield ciphertext_row("multiply", lambda: evaluator.multiply(first, second, out), products)
        yield ciphertext_row("relinearize", lambda: evaluator.relinearize(product, self.relin_keys, out), products)
        yield ciphertext_row("rescale", lambda: evaluator.rescale_to_next(plain_product, out), products)
        yield ciphertext_row("rotate", lambda: evaluator.rotate_vector(first, 1, self.galois_keys, out),
                             self.message[1:] + self.message[:1])
        yield ciphertext_row("multiplyRelinearizeRescale", multiply_relinearize_rescale, products)
        yield self.key_generation_row(product, products)

    def key_generation_row(self, product, products):
        """A key is right if products that are relinearised with it are."""
        keys = self.seal.RelinKeys()

        def slots():
            relinearized = self.seal.Ciphertext()
            self.evaluator.relinearize(product, keys, relinearized)
            return self.slots(relinearized)

        return ("keyGenerationRelinearization", lambda: self.generator.create_relin_keys(keys), slots, products,
                lambda: {"bytesOnWire": saved_size(self.generator.create_relin_keys())})


def rotation_exponent(steps: int, degree: int) -> int:
    """Slots moved to the left by `steps` are the automorphism X -> X^(3^steps): SEAL takes powers of 3."""
    return pow(3, steps, 2 * degree)


def ciphertext_size(ciphertext) -> dict:
    words = ciphertext.size() * ciphertext.coeff_modulus_size() * ciphertext.poly_modulus_degree()
    return {"bytes": 8 * words, "bytesOnWire": saved_size(ciphertext)}


def saved_size(thing) -> int:
    """Bytes of what SEAL serializes, compressed as it does by default."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "object")
        thing.save(path)
        return os.path.getsize(path)
