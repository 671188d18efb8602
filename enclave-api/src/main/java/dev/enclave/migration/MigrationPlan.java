package dev.enclave.migration;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.texts.Texts;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a migration of one key to another backend would do, and which way is possible. Immutable; it
 * holds no secret. Its text form is canonical JSON (RFC 8785), and its {@link #hash()} names it.
 *
 * @param createdAt when the plan was made
 * @param expiresAt from when on the plan is not carried out any more
 * @param nonce random hexadecimal digits, so that no two plans have one hash
 * @param environment the environment type in which it may be carried out
 * @param key the key
 * @param version its active version, which the plan is about
 * @param publicKey the public key of that version
 * @param target the backend that the key is to be in
 * @param targetAuthority which account and region, vault, key ring or directory of the target
 * @param way the way that would be taken; none when no way is possible
 * @param obstacles why each way that is not possible is not possible
 * @param changes what changes for those who use the key, and what it takes
 */
public record MigrationPlan(
    Instant createdAt,
    Instant expiresAt,
    String nonce,
    EnvironmentType environment,
    KeyHandle key,
    KeyVersionId version,
    PublicKeyInfo publicKey,
    BackendId target,
    String targetAuthority,
    Optional<MigrationWay> way,
    Map<MigrationWay, String> obstacles,
    Map<Aspect, String> changes) {

  private static final String FORMAT = "enclave-migration-plan-v1";

  /** What a migration may change, or what it takes. */
  public enum Aspect {
    /** Whether addresses that follow from the public key stay, such as those of a blockchain. */
    ADDRESS,
    /** Whether the public key stays. */
    PUBLIC_KEY,
    /** The assurance before and after. */
    ASSURANCE,
    /** The origin before and after. */
    ORIGIN,
    /** The algorithms that the source offers and the target lacks. */
    ALGORITHMS,
    /** What the run asks of both backends. */
    REQUESTS,
    /** What remains and may be charged for. */
    COST
  }

  public MigrationPlan {
    obstacles = Map.copyOf(obstacles);
    changes = Map.copyOf(changes);
  }

  /**
   * Reads the text form.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_MIGRATION_FILE}) when {@code text} is anything
   *     else
   */
  public static MigrationPlan parse(String text) {
    return of(
        CanonicalJson.read(text, Texts.A_MIGRATION_PLAN.with(), ErrorCode.INVALID_MIGRATION_FILE));
  }

  static MigrationPlan of(CanonicalJson.Members plan) {
    plan.requireOnly(
        "algorithm",
        "changes",
        "createdAt",
        "environment",
        "expiresAt",
        "format",
        "key",
        "nonce",
        "obstacles",
        "publicKey",
        "target",
        "targetAuthority",
        "version",
        "way");
    if (!plan.text("format").equals(FORMAT)) {
      throw plan.refused().because(Texts.OTHER_FORMAT.with(FORMAT));
    }
    KeyAlgorithm algorithm = plan.text("algorithm", KeyAlgorithm::parse);
    Map<MigrationWay, String> obstacles = new EnumMap<>(MigrationWay.class);
    plan.texts("obstacles")
        .forEach((way, why) -> obstacles.put(named(plan, MigrationWay.class, way), why));
    Map<Aspect, String> changes = new EnumMap<>(Aspect.class);
    plan.texts("changes")
        .forEach((aspect, how) -> changes.put(named(plan, Aspect.class, aspect), how));
    BackendId target = plan.text("target", BackendId::new);
    MigrationPlan read =
        new MigrationPlan(
            plan.text("createdAt", Instant::parse),
            plan.text("expiresAt", Instant::parse),
            plan.text("nonce"),
            plan.text("environment", EnvironmentType::valueOf),
            plan.text("key", KeyHandle::parse),
            plan.text("version", KeyVersionId::new),
            plan.text("publicKey", hex -> PublicKeyInfo.fromSpki(bytes(hex), algorithm)),
            target,
            plan.text("targetAuthority", authority -> authority(target, authority)),
            plan.text("way").isEmpty()
                ? Optional.empty()
                : Optional.of(plan.text("way", MigrationWay::valueOf)),
            obstacles,
            changes);
    if (!read.members().equals(plan.values())) {
      throw plan.refused().because(Texts.VALUE_NOT_CANONICAL.with());
    }
    return read;
  }

  /** As a handle of the new key can hold it. */
  private static String authority(BackendId target, String authority) {
    return new KeyHandle(target, authority, KeyName.of("probe"), Optional.empty()).authority();
  }

  private static <E extends Enum<E>> E named(
      CanonicalJson.Members plan, Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException e) {
      throw plan.refused().because(Texts.NAME_OF_NOTHING.with());
    }
  }

  private static byte[] bytes(String hex) {
    return Bytes.ofHex(hex).toByteArray();
  }

  /** The text form: canonical JSON on one line, without its end. */
  @Override
  public String toString() {
    return CanonicalJson.write(members());
  }

  Map<String, Object> members() {
    Map<String, Object> members = new TreeMap<>();
    members.put("format", FORMAT);
    members.put("createdAt", createdAt.toString());
    members.put("expiresAt", expiresAt.toString());
    members.put("nonce", nonce);
    members.put("environment", environment.name());
    members.put("key", key.toString());
    members.put("version", version.value());
    members.put("algorithm", publicKey.algorithm().name());
    members.put("publicKey", publicKey.spki().toHex());
    members.put("target", target.value());
    members.put("targetAuthority", targetAuthority);
    members.put("way", way.map(Enum::name).orElse(""));
    members.put("obstacles", byName(obstacles));
    members.put("changes", byName(changes));
    return members;
  }

  private static Map<String, String> byName(Map<? extends Enum<?>, String> texts) {
    Map<String, String> named = new TreeMap<>();
    texts.forEach((constant, text) -> named.put(constant.name(), text));
    return named;
  }

  /** SHA-256 of the text form: 64 hexadecimal digits. */
  public String hash() {
    return CanonicalJson.hash(toString());
  }
}
