package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine;
import dev.enclave.internal.texts.Texts;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A signature and the exact key version that made it. Immutable and thread-safe.
 *
 * <p>Equality is that of bytes, encoding, algorithm, key, version and endorsement. The recovery id
 * follows from those and the message, and the trace id says which request the signature came by: a
 * signature is equal to its stored and reloaded form, and to one put together from its bytes, key
 * and version.
 *
 * <p>Text form, as {@link #toString()} writes and {@link #parse} reads it:
 *
 * <pre>{@code
 * enclave-signature:v1:<algorithm>:<encoding>:<signature>:<version>:<recovery id>:<trace id>:<handle>
 *
 * algorithm    a name of SigningAlgorithm
 * encoding     DER, P1363 or RAW
 * signature    lower-case hexadecimal digits
 * version      a KeyVersionId
 * recovery id  0, 1, 2, 3, or - for none
 * trace id     percent-encoded UTF-8, or - for none
 * handle       the text form of the KeyHandle, colons included
 * }</pre>
 *
 * <p>A signature by fallback begins with {@code enclave-fallback-signature:v1:}, the text form of
 * its {@link Fallback.Endorsement}, percent-encoded, and a colon; then comes the text form above.
 *
 * <p>It is one line of ASCII: about 350 characters on elliptic curves, 1,300 for RSA of 4096 bits,
 * and at most 8,192 while the trace id has no more than 2,000 when percent-encoded.
 */
public final class SignatureValue {

  private final Bytes bytes;
  private final SignatureEncoding encoding;
  private final SigningAlgorithm algorithm;
  private final KeyHandle key;
  private final KeyVersionId version;
  private final Optional<String> traceId;
  private final Recovery recovery;
  private final Optional<Fallback.Endorsement> endorsement;

  private SignatureValue(
      Bytes bytes,
      SignatureEncoding encoding,
      SigningAlgorithm algorithm,
      KeyHandle key,
      KeyVersionId version,
      Optional<String> traceId,
      Recovery recovery,
      Optional<Fallback.Endorsement> endorsement) {
    this.bytes = bytes;
    this.encoding = encoding;
    this.algorithm = algorithm;
    this.key = key;
    this.version = version;
    this.traceId = traceId;
    this.recovery = recovery;
    this.endorsement = endorsement;
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
        id = checked(computation.get());
        computed = id;
      }
      return id;
    }

    private static OptionalInt checked(OptionalInt id) {
      if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() > 3)) {
        throw Texts.RECOVERY_ID_COMPUTED_WRONG.as(ErrorCode.INVALID_ARGUMENT, id.getAsInt());
      }
      return id;
    }
  }

  private static final Recovery UNKNOWN = new Recovery(OptionalInt::empty);

  /**
   * A signature put together from its parts. It has no recovery id; {@link #withRecoveryId} gives
   * it one, which {@link SignatureVerifier#recoveryId(SigningInput, SignatureValue)} computes.
   *
   * @param bytes the signature, laid out as {@code encoding} says
   * @param encoding the layout
   * @param algorithm the scheme
   * @param key the key that signed
   * @param version the version that signed; verification is against this one alone
   * @param traceId the provider's own id of the request, as its own log records it
   * @throws UsageException when {@code algorithm} makes no signatures ({@link
   *     ErrorCode#WRONG_PURPOSE}) or has no such encoding ({@link ErrorCode#INVALID_ENCODING});
   *     whether {@code bytes} are a valid signature, verification says
   */
  public static SignatureValue of(
      Bytes bytes,
      SignatureEncoding encoding,
      SigningAlgorithm algorithm,
      KeyHandle key,
      KeyVersionId version,
      Optional<String> traceId) {
    SignatureVerifier.requireEncoding(algorithm, encoding);
    return new SignatureValue(
        bytes, encoding, algorithm, key, version, traceId, UNKNOWN, Optional.empty());
  }

  /**
   * Reads the text form.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_SIGNATURE}) when {@code text} is anything
   *     else; whether the signature is valid, verification says
   */
  public static SignatureValue parse(String text) {
    return SignatureText.read(text);
  }

  /**
   * The same signature, whose recovery id is what {@code computation} gives when it is first asked
   * for, such as {@code signature.withRecoveryId(() -> verifier.recoveryId(message, signature))}.
   *
   * @param computation gives 0 to 3, or empty; for an algorithm that is not on secp256k1 it is
   *     never asked
   */
  public SignatureValue withRecoveryId(Supplier<OptionalInt> computation) {
    return new SignatureValue(
        bytes, encoding, algorithm, key, version, traceId, new Recovery(computation), endorsement);
  }

  SignatureValue endorsed(Fallback.Endorsement word) {
    return new SignatureValue(
        bytes, encoding, algorithm, key, version, traceId, recovery, Optional.of(word));
  }

  Optional<Fallback.Endorsement> endorsement() {
    return endorsement;
  }

  /** The signature, laid out as {@link #encoding()} says. */
  public Bytes bytes() {
    return bytes;
  }

  /** The layout. */
  public SignatureEncoding encoding() {
    return encoding;
  }

  /** The version's {@code kid}, as {@link VersionSigner#keyId()} gives it. */
  public String keyId() {
    return key.name() + "/" + version;
  }

  /** The scheme. */
  public SigningAlgorithm algorithm() {
    return algorithm;
  }

  /** The key that signed; a companion, where {@link Fallback.Endorsement#of} has one. */
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
   * §4.1.6), after the low-s flip; empty for other algorithms, and where it is not known: {@link
   * SignatureVerifier#recoveryId(SigningInput, SignatureValue)} computes it. Of a fresh signature
   * it is computed when first asked for, which takes about as long as to verify the signature.
   */
  public OptionalInt recoveryId() {
    return algorithm.curve().filter("secp256k1"::equals).isPresent()
        ? recovery.id()
        : OptionalInt.empty();
  }

  /**
   * The number r of an ECDSA signature (FIPS 186-5 §6.4.1), from 1 to the group order less 1.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when the algorithm is none of
   *     ECDSA, or the bytes are not in {@link #encoding()}
   */
  public BigInteger r() {
    byte[] rs = rs();
    return new BigInteger(1, Arrays.copyOf(rs, rs.length / 2));
  }

  /**
   * The number s of an ECDSA signature (FIPS 186-5 §6.4.1), from 1 to the group order less 1; at
   * most half of that on secp256k1.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) as {@link #r()}
   */
  public BigInteger s() {
    byte[] rs = rs();
    return new BigInteger(1, Arrays.copyOfRange(rs, rs.length / 2, rs.length));
  }

  private byte[] rs() {
    if (algorithm.family() != KeyAlgorithm.Family.ECDSA) {
      throw Texts.NO_R_AND_S.as(ErrorCode.INVALID_ENCODING, algorithm);
    }
    return as(SignatureEncoding.P1363).toByteArray();
  }

  /**
   * r‖s‖v, 65 bytes, of a secp256k1 signature, where v is 27 or 28: 27 and the recovery id. So
   * Solidity's {@code ecrecover}, {@code personal_sign} and EIP-712 take signatures (Ethereum
   * Yellow Paper, appendices E.1 and F).
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when the algorithm is not on
   *     secp256k1, the recovery id is not known, or is 2 or 3, which Ethereum does not take
   */
  public Bytes toRsv() {
    return rsv(27);
  }

  /**
   * r‖s‖y parity, 65 bytes, of a secp256k1 signature, where the last byte is 0 or 1: the recovery
   * id. So typed transactions carry it (EIP-2930, EIP-1559: {@code y_parity}).
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) as {@link #toRsv()}
   */
  public Bytes toRsYParity() {
    return rsv(0);
  }

  private Bytes rsv(int first) {
    byte[] rs = rs();
    int id =
        recoveryId()
            .orElseThrow(
                () -> Texts.RECOVERY_ID_NOT_KNOWN.as(ErrorCode.INVALID_ENCODING, algorithm));
    if (id > 1) {
      throw Texts.RECOVERY_ID_NOT_ETHEREUMS.as(ErrorCode.INVALID_ENCODING, algorithm, id);
    }
    byte[] rsv = Arrays.copyOf(rs, rs.length + 1);
    rsv[rs.length] = (byte) (first + id);
    return Bytes.of(rsv);
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
            recovery,
            endorsement);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SignatureValue that
        && bytes.equals(that.bytes)
        && encoding == that.encoding
        && algorithm == that.algorithm
        && key.equals(that.key)
        && version.equals(that.version)
        && endorsement.equals(that.endorsement);
  }

  @Override
  public int hashCode() {
    return Objects.hash(bytes, encoding, algorithm, key, version, endorsement);
  }

  /**
   * The text form. It holds the signature itself: do not log it where a signature is a credential.
   * On secp256k1 it holds the recovery id where that is known, which is computed for it.
   */
  @Override
  public String toString() {
    return SignatureText.write(this);
  }
}
