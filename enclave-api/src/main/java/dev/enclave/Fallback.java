package dev.enclave;

import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What stands in for a key while its backend does not answer: a companion in software that the key
 * has endorsed, where {@code enclave.fallback=software} is configured.
 */
public final class Fallback {

  private Fallback() {}

  /**
   * The signed word of a key's version that a companion in software may sign in its place while its
   * backend does not answer. Whoever trusts the version's public key verifies {@link #message()}
   * with it; {@link Fallback.Verifier} does that. Immutable.
   *
   * <p>Text form, as {@link #toString()} writes and {@link #parse} reads it, one line of ASCII:
   *
   * <pre>{@code
   * enclave-fallback-endorsement:v1:<deployment>:<from>:<until>:<public key>:<version>:<companion>:<signature>
   *
   * deployment  percent-encoded UTF-8
   * from        seconds since 1970-01-01T00:00:00Z
   * until       the same
   * public key  the companion's DER SubjectPublicKeyInfo, lower-case hexadecimal digits
   * version     the companion's KeyVersionId
   * companion   the text form of the companion's KeyHandle, percent-encoded
   * signature   the text form of a SignatureValue, percent-encoded
   * }</pre>
   *
   * @param deployment which deployment the companion signs for, {@code
   *     enclave.fallback.deployment}; 1 to 64 characters without control characters
   * @param companion the companion
   * @param companionVersion its version
   * @param companionKey that version's public key, of the algorithm of {@code signature}
   * @param from when the companion may sign first; whole seconds
   * @param until when it may not sign any more; whole seconds
   * @param signature over {@link #message()}, by the key's version
   */
  public record Endorsement(
      String deployment,
      KeyHandle companion,
      KeyVersionId companionVersion,
      PublicKeyInfo companionKey,
      Instant from,
      Instant until,
      SignatureValue signature) {

    /** The longest time between {@link #from()} and {@link #until()}. */
    public static final Duration LONGEST = Duration.ofDays(7);

    private static final String PREFIX = "enclave-fallback-endorsement:v1:";
    private static final int PARTS = 7;
    private static final int LONGEST_DEPLOYMENT = 64;

    /**
     * @throws UsageException ({@link ErrorCode#INVALID_ENDORSEMENT}) when the deployment is empty,
     *     too long or has a control character, the times are no whole seconds, or in the wrong
     *     order or more than {@link #LONGEST} apart, or the companion is for another algorithm than
     *     the key, or a companion signed it
     */
    public Endorsement {
      if (!isDeployment(deployment)) {
        throw invalid("its deployment must be 1 to 64 characters without control characters");
      }
      if (!from.equals(from.truncatedTo(ChronoUnit.SECONDS))
          || !until.equals(until.truncatedTo(ChronoUnit.SECONDS))) {
        throw invalid("its times must be whole seconds");
      }
      if (!from.isBefore(until) || Duration.between(from, until).compareTo(LONGEST) > 0) {
        throw invalid("it must end after it begins, by seven days at most");
      }
      if (signature.byFallback().isPresent() || companion.equals(signature.key())) {
        throw invalid("a companion cannot endorse another, nor itself");
      }
      if (companionKey.algorithm() != signature.algorithm()) {
        throw invalid(
            "its companion is for "
                + companionKey.algorithm()
                + " and its key for "
                + signature.algorithm());
      }
    }

    /** Whether a deployment may be called so: 1 to 64 characters without control characters. */
    public static boolean isDeployment(String name) {
      return !name.isBlank()
          && name.length() <= LONGEST_DEPLOYMENT
          && StandardCharsets.UTF_8.newEncoder().canEncode(name)
          && name.chars().noneMatch(Character::isISOControl);
    }

    /** The key in whose place the companion signs. */
    public KeyHandle key() {
      return signature.key();
    }

    /** The version of {@link #key()} that endorsed the companion. */
    public KeyVersionId version() {
      return signature.version();
    }

    /**
     * Whether the companion may sign at {@code at}: from {@link #from()}, before {@link #until()}.
     */
    public boolean covers(Instant at) {
      return !at.isBefore(from) && at.isBefore(until);
    }

    /** The signed text of this endorsement. */
    public Message message() {
      return messageOf(
          key(), version(), deployment, companion, companionVersion, companionKey, from, until);
    }

    /**
     * The text that is signed, UTF-8: the lines {@code enclave-fallback-v1} and {@code sign}, then
     * handle, version and deployment of the key, handle, version, algorithm and fingerprint of the
     * companion, beginning and end (ISO 8601, UTC), each on a line of its own, every line ended by
     * LF.
     */
    public static Message messageOf(
        KeyHandle key,
        KeyVersionId version,
        String deployment,
        KeyHandle companion,
        KeyVersionId companionVersion,
        PublicKeyInfo companionKey,
        Instant from,
        Instant until) {
      return Message.ofUtf8(
          String.join(
              "\n",
              "enclave-fallback-v1",
              "sign",
              key.toString(),
              version.value(),
              deployment,
              companion.toString(),
              companionVersion.value(),
              companionKey.algorithm().name(),
              companionKey.fingerprint().toString(),
              from.toString(),
              until.toString(),
              ""));
    }

    /**
     * Reads the text form.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ENDORSEMENT}) when {@code text} is anything
     *     else; whether the endorsement is valid, {@link Fallback.Verifier} says
     */
    public static Fallback.Endorsement parse(String text) {
      String[] parts =
          text.startsWith(PREFIX)
              ? text.substring(PREFIX.length()).split(":", -1)
              : new String[] {};
      if (parts.length != PARTS) {
        throw invalid(
            "it must have " + PARTS + " parts after " + PREFIX + ", but reads " + Quoted.of(text));
      }
      Fallback.Endorsement endorsement;
      try {
        SignatureValue signature = SignatureText.readPlain(decoded(parts[6]));
        endorsement =
            new Fallback.Endorsement(
                decoded(parts[0]),
                KeyHandle.parse(decoded(parts[5])),
                KeyVersionId.of(parts[4]),
                PublicKeyInfo.fromSpki(Bytes.ofHex(parts[3]).toByteArray(), signature.algorithm()),
                Instant.ofEpochSecond(Long.parseLong(parts[1])),
                Instant.ofEpochSecond(Long.parseLong(parts[2])),
                signature);
      } catch (UsageException e) {
        throw e.code() == ErrorCode.INVALID_ENDORSEMENT ? e : invalid(e.getMessage());
      } catch (IllegalArgumentException | java.time.DateTimeException e) {
        throw invalid("its times or its percent-encoding cannot be read");
      }
      if (!endorsement.toString().equals(text)) {
        throw invalid("it is not in canonical form, as toString() spells it");
      }
      return endorsement;
    }

    private static UsageException invalid(String why) {
      return new UsageException(
          ErrorCode.INVALID_ENDORSEMENT,
          "Not the endorsement of a companion: "
              + why
              + ". Pass what Fallback.Endorsement.toString() or SignatureValue.toString() gave,"
              + " unchanged.");
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String decoded(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return PREFIX
          + String.join(
              ":",
              encoded(deployment),
              Long.toString(from.getEpochSecond()),
              Long.toString(until.getEpochSecond()),
              companionKey.spki().toHex(),
              companionVersion.value(),
              encoded(companion.toString()),
              encoded(signature.toString()));
    }
  }

  /**
   * Verifies signatures that a companion made while the key's backend did not answer. Whoever uses
   * it accepts them; {@link SigningKey#verify}, {@link SignatureVerifier} and {@link PublicKeySet}
   * do not. Needs no backend. Immutable and thread-safe.
   */
  public static final class Verifier {

    private final KeyHandle key;
    private final PublicKeySet keys;
    private final String deployment;

    private Verifier(KeyHandle key, PublicKeySet keys, String deployment) {
      this.key = key;
      this.keys = keys;
      this.deployment = deployment;
    }

    /**
     * Accepts companions of one key in one deployment.
     *
     * @param key the key in whose place companions sign
     * @param keys the public keys of its versions that count, under the key ids that {@link
     *     SigningKey#publicKeys()} gives them
     * @param deployment as {@code enclave.fallback.deployment} of the service that signs
     */
    public static Fallback.Verifier of(KeyHandle key, PublicKeySet keys, String deployment) {
      return new Fallback.Verifier(key, keys, deployment);
    }

    /**
     * Whether {@code signature} is a companion's over {@code input}, and the companion's
     * endorsement is by a version of this key, for this deployment, and valid at {@code at}. Of a
     * signature that the key itself made the answer is {@code false}: {@link SigningKey#verify}
     * verifies that.
     *
     * @param at when the signature was made, as far as the verifier knows by itself: the time at
     *     which it arrived, never one that the signer states
     */
    public boolean verify(SigningInput input, SignatureValue signature, Instant at) {
      return signature
          .byFallback()
          .filter(endorsement -> names(endorsement, signature))
          .filter(endorsement -> endorsement.covers(at))
          .filter(this::endorsed)
          .map(endorsement -> SignatureVerifier.of(endorsement.companionKey()))
          .filter(verifier -> verifier.verify(input, signature))
          .isPresent();
    }

    private boolean names(Fallback.Endorsement endorsement, SignatureValue signature) {
      return endorsement.key().equals(key)
          && endorsement.deployment().equals(deployment)
          && endorsement.companion().equals(signature.key())
          && endorsement.companionVersion().equals(signature.version());
    }

    private boolean endorsed(Fallback.Endorsement endorsement) {
      SignatureValue word = endorsement.signature();
      List<PublicKeyInfo> named =
          keys.entries().stream()
              .filter(entry -> entry.keyId().equals(word.keyId()))
              .map(PublicKeySet.Entry::key)
              .toList();
      return named.stream()
          .map(SignatureVerifier::of)
          .anyMatch(verifier -> verifier.verify(endorsement.message(), word));
    }
  }

  /**
   * Whether a companion in software would sign in a key's place if the key's backend did not
   * answer.
   *
   * @param endorsedUntil when the endorsement ends that the companion has now; empty if there is no
   *     companion that may sign
   * @param reason why there is none, and what to do; of one that may sign, what endorsed it
   */
  public record Status(Optional<Instant> endorsedUntil, String reason) {

    /** Whether a companion may sign now. */
    public boolean ready() {
      return endorsedUntil.isPresent();
    }
  }
}
