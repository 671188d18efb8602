package dev.enclave;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A signature and the exact key version that made it. Immutable and thread-safe. Equality is that
 * of everything but the recovery id, which follows from the rest and the message.
 */
public final class SignatureValue {

  private final Bytes bytes;
  private final SignatureEncoding encoding;
  private final KeyAlgorithm algorithm;
  private final KeyHandle key;
  private final KeyVersionId version;
  private final Optional<String> traceId;
  private final Recovery recovery;

  private SignatureValue(
      Bytes bytes,
      SignatureEncoding encoding,
      KeyAlgorithm algorithm,
      KeyHandle key,
      KeyVersionId version,
      Optional<String> traceId,
      Recovery recovery) {
    this.bytes = bytes;
    this.encoding = encoding;
    this.algorithm = algorithm;
    this.key = key;
    this.version = version;
    this.traceId = traceId;
    this.recovery = recovery;
  }

  /** Computes a recovery id when it is first asked for; twice at most, should two threads ask. */
  private static final class Recovery {
    private final Supplier<OptionalInt> computation;
    private volatile @Nullable OptionalInt computed;

    private Recovery(Supplier<OptionalInt> computation) {
      this.computation = computation;
    }

    private OptionalInt id() {
      OptionalInt id = computed;
      if (id == null) {
        id = computation.get();
        computed = id;
      }
      return id;
    }
  }

  private static final Recovery UNKNOWN = new Recovery(OptionalInt::empty);

  /**
   * A signature put together again from what was stored of it; its recovery id is empty.
   *
   * @param bytes the signature, laid out as {@code encoding} says
   * @param encoding the layout
   * @param algorithm the scheme
   * @param key the key that signed
   * @param version the version that signed; verification is against this one alone
   * @param traceId the provider's own id of the request, as its own log records it
   */
  public static SignatureValue of(
      Bytes bytes,
      SignatureEncoding encoding,
      KeyAlgorithm algorithm,
      KeyHandle key,
      KeyVersionId version,
      Optional<String> traceId) {
    return new SignatureValue(bytes, encoding, algorithm, key, version, traceId, UNKNOWN);
  }

  /**
   * The same signature, whose recovery id is what {@code computation} gives when it is first asked
   * for.
   */
  public SignatureValue withRecoveryId(Supplier<OptionalInt> computation) {
    return new SignatureValue(
        bytes, encoding, algorithm, key, version, traceId, new Recovery(computation));
  }

  /** The signature, laid out as {@link #encoding()} says. */
  public Bytes bytes() {
    return bytes;
  }

  /** The layout. */
  public SignatureEncoding encoding() {
    return encoding;
  }

  /** The scheme. */
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  /** The key that signed. */
  public KeyHandle key() {
    return key;
  }

  /** The version that signed; verification is against this one alone. */
  public KeyVersionId version() {
    return version;
  }

  /** The provider's own id of the request, as its own log records it. */
  public Optional<String> traceId() {
    return traceId;
  }

  /**
   * Of a secp256k1 signature: 0 to 3, which of the candidate public keys is the signer's (SEC 1
   * §4.1.6), after the low-s flip; empty for other algorithms. Computed when first asked for, which
   * takes about as long as to verify the signature.
   */
  public OptionalInt recoveryId() {
    return recovery.id();
  }

  /** A fresh copy of the signature's bytes. */
  public byte[] toByteArray() {
    return bytes.toByteArray();
  }

  /**
   * The same signature in another encoding.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when the algorithm does not have it
   */
  public SignatureValue as(SignatureEncoding wanted) {
    return wanted == encoding
        ? this
        : new SignatureValue(
            PublicKeyEngine.get().convert(bytes, algorithm, encoding, wanted),
            wanted,
            algorithm,
            key,
            version,
            traceId,
            recovery);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SignatureValue that
        && bytes.equals(that.bytes)
        && encoding == that.encoding
        && algorithm == that.algorithm
        && key.equals(that.key)
        && version.equals(that.version)
        && traceId.equals(that.traceId);
  }

  @Override
  public int hashCode() {
    return Objects.hash(bytes, encoding, algorithm, key, version, traceId);
  }

  @Override
  public String toString() {
    return "SignatureValue["
        + algorithm
        + ", "
        + encoding
        + ", "
        + key
        + ", version "
        + version
        + traceId.map(id -> ", " + id).orElse("")
        + "]";
  }
}
