package dev.enclave;

import dev.enclave.SignatureVerifier.StatementSignature;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.StatementText;
import dev.enclave.internal.texts.Texts;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * What stands in for a key while its backend does not answer: a companion in software that was
 * endorsed while the backend did, where {@code enclave.fallback=software} is configured. {@link
 * Enclave#fallback()} gives it. Thread-safe.
 *
 * <p>A signature that a companion made names the companion as its key and carries its endorsement,
 * which {@link Endorsement#of} reads; {@link Verifier} alone accepts it.
 */
public interface Fallback {

  /**
   * Whether a companion in software would sign in the key's place if the backend did not answer
   * now, and why not. Asks no backend.
   */
  Status status(SigningKey key);

  /**
   * Accepts signatures that companions of the key made while its backend did not answer, where the
   * statement key endorsed them for a version of {@link SigningKey#publicKeys()}, as they are now,
   * and for {@code deployment}. Where no statement key has been made yet, nothing is accepted.
   *
   * @param deployment as {@code enclave.fallback.deployment} of the service that signs; where that
   *     is not set, the name of its environment type in lower case, such as {@code production}
   */
  Verifier verifier(SigningKey key, String deployment);

  /**
   * The signed word that a companion in software may sign in the place of a key's version while the
   * key's backend does not answer. The statement key of the authority that the key lies at signs
   * it, not the key: what a key signs its callers choose. {@link Fallback.Verifier} verifies it.
   * Immutable.
   *
   * <p>Text form, as {@link #toString()} writes and {@link #parse} reads it, one line of ASCII:
   *
   * <pre>{@code
   * enclave-fallback-endorsement:v1:<key>:<version>:<deployment>:<from>:<until>:<companion>:<its version>:<algorithm>:<public key>:<statement key>:<signature>
   *
   * key            the text form of the key's KeyHandle, percent-encoded
   * version        the KeyVersionId of the version in whose place the companion signs
   * deployment     percent-encoded UTF-8
   * from           seconds since 1970-01-01T00:00:00Z
   * until          the same
   * companion      the text form of the companion's KeyHandle, percent-encoded
   * its version    the companion's KeyVersionId
   * algorithm      of the companion
   * public key     the companion's DER SubjectPublicKeyInfo, lower-case hexadecimal digits
   * statement key  the fingerprint of its public key
   * signature      its signature, lower-case hexadecimal digits
   * }</pre>
   *
   * @param key the key in whose place the companion signs
   * @param version the version of it
   * @param deployment which deployment the companion signs for, {@code
   *     enclave.fallback.deployment}; 1 to 64 characters without control characters
   * @param companion the companion
   * @param companionVersion its version
   * @param companionKey that version's public key
   * @param from when it was made, by the clock of who made it, and the companion may sign first;
   *     whole seconds
   * @param until when it may not sign any more; whole seconds
   * @param signature over {@link #message()}, by the statement key
   */
  record Endorsement(
      KeyHandle key,
      KeyVersionId version,
      String deployment,
      KeyHandle companion,
      KeyVersionId companionVersion,
      PublicKeyInfo companionKey,
      Instant from,
      Instant until,
      StatementSignature signature) {

    /** The longest time between {@link #from()} and {@link #until()}. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final String PREFIX = "enclave-fallback-endorsement:v1:";
    private static final int PARTS = 11;
    private static final int LONGEST_DEPLOYMENT = 64;

    /**
     * @throws UsageException ({@link ErrorCode#INVALID_ENDORSEMENT}) when the deployment is empty,
     *     too long or has a control character, the times are no whole seconds, or in the wrong
     *     order or more than {@link #LONGEST} apart, or the companion is the key
     */
    public Endorsement {
      if (!isDeployment(deployment)) {
        throw invalid(Texts.DEPLOYMENT_WRONG.with());
      }
      if (!from.equals(from.truncatedTo(ChronoUnit.SECONDS))
          || !until.equals(until.truncatedTo(ChronoUnit.SECONDS))) {
        throw invalid(Texts.TIMES_NOT_WHOLE_SECONDS.with());
      }
      if (!from.isBefore(until) || Duration.between(from, until).compareTo(LONGEST) > 0) {
        throw invalid(Texts.PERIOD_WRONG.with());
      }
      if (companion.equals(key)) {
        throw invalid(Texts.COMPANION_OF_ITSELF.with());
      }
    }

    /**
     * The endorsement of the companion that made {@code signature} in a key's place, while the
     * key's backend did not answer; empty if the key itself made it.
     */
    public static Optional<Endorsement> of(SignatureValue signature) {
      return signature.endorsement();
    }

    /**
     * The same signature as one that the companion of this endorsement made.
     *
     * @throws UsageException ({@link ErrorCode#INVALID_ENDORSEMENT}) when another key or version
     *     made it
     */
    public SignatureValue on(SignatureValue signature) {
      if (!companion.equals(signature.key()) || !companionVersion.equals(signature.version())) {
        throw Texts.ENDORSEMENT_OF_ANOTHER.as(
            ErrorCode.INVALID_ENDORSEMENT,
            companion,
            companionVersion,
            signature.key(),
            signature.version());
      }
      return signature.endorsed(this);
    }

    /** Whether a deployment may be called so: 1 to 64 characters without control characters. */
    public static boolean isDeployment(String name) {
      return !name.isBlank()
          && name.length() <= LONGEST_DEPLOYMENT
          && StandardCharsets.UTF_8.newEncoder().canEncode(name)
          && name.chars().noneMatch(Character::isISOControl);
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
          key, version, deployment, companion, companionVersion, companionKey, from, until);
    }

    /**
     * The text that is signed, UTF-8: the lines {@code enclave-statement-v1} and {@code
     * fallback-endorsement}, then handle, version and deployment of the key, handle, version,
     * algorithm and fingerprint of the companion, beginning and end (ISO 8601, UTC), each on a line
     * of its own, every line ended by LF.
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
      return StatementText.of(
          StatementText.Kind.FALLBACK_ENDORSEMENT,
          key.toString(),
          version.value(),
          deployment,
          companion.toString(),
          companionVersion.value(),
          companionKey.algorithm().name(),
          companionKey.fingerprint().toString(),
          from.toString(),
          until.toString());
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
        throw invalid(Texts.ENDORSEMENT_PARTS.with(PARTS, PREFIX, Quoted.of(text)));
      }
      Fallback.Endorsement endorsement;
      try {
        endorsement =
            new Fallback.Endorsement(
                KeyHandle.parse(decoded(parts[0])),
                KeyVersionId.of(parts[1]),
                decoded(parts[2]),
                KeyHandle.parse(decoded(parts[5])),
                KeyVersionId.of(parts[6]),
                PublicKeyInfo.fromSpki(
                    Bytes.ofHex(parts[8]).toByteArray(), SigningAlgorithm.parse(parts[7])),
                Instant.ofEpochSecond(Long.parseLong(parts[3])),
                Instant.ofEpochSecond(Long.parseLong(parts[4])),
                new StatementSignature(
                    new Fingerprint(Bytes.ofHex(parts[9])), Bytes.ofHex(parts[10])));
      } catch (UsageException e) {
        throw e.code() == ErrorCode.INVALID_ENDORSEMENT
            ? e
            : invalid(String.valueOf(e.getMessage()));
      } catch (IllegalArgumentException | java.time.DateTimeException e) {
        throw invalid(Texts.TIMES_OR_ENCODING_UNREADABLE.with());
      }
      if (!endorsement.toString().equals(text)) {
        throw invalid(Texts.NOT_AS_TO_STRING_SPELLS_IT.with());
      }
      return endorsement;
    }

    private static EnclaveException invalid(String why) {
      return Texts.NOT_AN_ENDORSEMENT.as(ErrorCode.INVALID_ENDORSEMENT, why);
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
              encoded(key.toString()),
              version.value(),
              encoded(deployment),
              Long.toString(from.getEpochSecond()),
              Long.toString(until.getEpochSecond()),
              encoded(companion.toString()),
              companionVersion.value(),
              companionKey.algorithm().name(),
              companionKey.spki().toHex(),
              signature.key().toString(),
              signature.signature().toHex());
    }
  }

  /**
   * Verifies signatures that a companion made while the key's backend did not answer. Whoever uses
   * it accepts them; {@link SigningKey#verify}, {@link SignatureVerifier} and {@link PublicKeySet}
   * do not. Needs no backend. Immutable and thread-safe.
   */
  final class Verifier {

    /** By so much the clocks of who endorses and of who verifies may differ. */
    public static final Duration CLOCKS_APART = Duration.ofMinutes(10);

    private final KeyHandle key;
    private final PublicKeySet keys;
    private final Set<PublicKeyInfo> statementKeys;
    private final String deployment;

    private Verifier(
        KeyHandle key, PublicKeySet keys, Set<PublicKeyInfo> statementKeys, String deployment) {
      this.key = key;
      this.keys = keys;
      this.statementKeys = statementKeys;
      this.deployment = deployment;
    }

    /**
     * Accepts companions of one key in one deployment.
     *
     * @param key the key in whose place companions sign
     * @param keys the public keys of its versions that count, under the key ids that {@link
     *     SigningKey#publicKeys()} gives them
     * @param statementKeys the statement key of the authority that the key lies at, as {@code
     *     enclave keys statement-key} or {@link dev.enclave.admin.Administration#statementKey()}
     *     there gives it; with none, no companion is accepted
     * @param deployment as {@code enclave.fallback.deployment} of the service that signs
     * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when a statement key is a version
     *     of the key: callers choose what that signs
     */
    public static Fallback.Verifier of(
        KeyHandle key, PublicKeySet keys, Set<PublicKeyInfo> statementKeys, String deployment) {
      Set<PublicKeyInfo> believed = Set.copyOf(statementKeys);
      if (keys.entries().stream().map(PublicKeySet.Entry::key).anyMatch(believed::contains)) {
        throw Texts.STATEMENT_KEY_OF_CALLERS.as(ErrorCode.INVALID_ARGUMENT, key.name());
      }
      return new Fallback.Verifier(key, keys, believed, deployment);
    }

    /**
     * Whether {@code signature} is a companion's over {@code input}, and the companion's
     * endorsement is by the statement key, for a version of this key that counts and for this
     * deployment, and valid at {@code at}. It is valid until its end, and from its beginning on; a
     * beginning that is up to {@link #CLOCKS_APART} later than {@code at} is another clock's. Of a
     * signature that the key itself made the answer is {@code false}: {@link SigningKey#verify}
     * verifies that.
     *
     * @param at when the signature was made, as far as the verifier knows by itself: the time at
     *     which it arrived, never one that the signer states
     */
    public boolean verify(SigningInput input, SignatureValue signature, Instant at) {
      return Endorsement.of(signature)
          .filter(endorsement -> names(endorsement, signature))
          .filter(endorsement -> covers(endorsement, at))
          .filter(this::counts)
          .filter(word -> word.signature().isBy(statementKeys, word.message()))
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

    private static boolean covers(Fallback.Endorsement endorsement, Instant at) {
      return !endorsement.from().isAfter(at.plus(CLOCKS_APART)) && at.isBefore(endorsement.until());
    }

    /** Whether it stands in for a version that is in the set, by the same algorithm. */
    private boolean counts(Fallback.Endorsement endorsement) {
      String keyId = key.name() + "/" + endorsement.version();
      return keys.entries().stream()
          .filter(entry -> entry.keyId().equals(keyId))
          .anyMatch(entry -> entry.key().algorithm() == endorsement.companionKey().algorithm());
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
  record Status(Optional<Instant> endorsedUntil, String reason) {

    /** Whether a companion may sign now. */
    public boolean ready() {
      return endorsedUntil.isPresent();
    }
  }
}
