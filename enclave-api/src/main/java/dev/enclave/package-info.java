/**
 * One API for private keys, wherever they live.
 *
 * <p>Start at {@link dev.enclave.EnclaveFactory}: it opens an {@link dev.enclave.Enclave}, which
 * hands out {@link dev.enclave.SigningKey}s. Values ({@link dev.enclave.KeyHandle}, {@link
 * dev.enclave.KeyInfo}, {@link dev.enclave.SignatureValue}, …) are immutable, thread-safe and never
 * hold private key material. Every failure is an {@link dev.enclave.error.EnclaveException} with a
 * stable {@link dev.enclave.error.ErrorCode}. An argument that is null is a {@link
 * NullPointerException}, thrown before anything is asked or recorded.
 *
 * <p>But for {@link dev.enclave.EnclaveFactory}, which takes parts of one's own, this package knows
 * nothing of {@code dev.enclave.spi}; backends are written against that.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave;
