package dev.enclave.testkit.cloud;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.Signatures;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.internal.Delayed;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The provider's side: single keys with tags and a status, aliases that can be made once, and
 * claims in order of a clock with one-second resolution. Knows nothing of versions. Thread-safe.
 */
final class CloudKeyService {

  private static final BigInteger SECP256K1_ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  enum Status {
    ENABLED,
    DISABLED,
    PENDING_DELETION
  }

  /**
   * What a key's maker wrote on it.
   *
   * @param name the Enclave key it belongs to; none for a foreign key
   * @param first whether it was made to be the first version
   * @param operationId which operation made it
   * @param rotation the interval it was made with
   */
  record Tags(
      Optional<KeyName> name,
      boolean first,
      String operationId,
      Optional<EnvironmentType> stamp,
      RotationInterval rotation) {}

  /** One key, as the provider keeps it. */
  record CloudKey(
      String id,
      KeyAlgorithm algorithm,
      LocalKey material,
      Instant createdAt,
      Tags tags,
      Delayed<Status> status,
      Delayed<Boolean> retired,
      Delayed<RotationInterval> rotation) {}

  /** A record that {@code key} takes over from {@code replaced}, in a second of the provider's. */
  record Claim(long second, String key, String replaced) {}

  private final Duration delay;
  private final Map<String, CloudKey> keys = new HashMap<>();
  private final Map<String, Delayed<String>> aliases = new HashMap<>();
  private final Map<KeyName, List<Claim>> claims = new HashMap<>();
  private final Map<String, Instant> activated = new HashMap<>();
  private final Map<String, String> disabling = new HashMap<>();
  private int secp256k1Signatures;

  CloudKeyService(Duration delay) {
    this.delay = delay;
  }

  /** Makes a key, dated when it is recorded: a later read sees all keys of earlier seconds. */
  CloudKey createKey(KeyAlgorithm algorithm, Tags tags, TimeSource time, SecureRandom random) {
    LocalKey material = LocalKey.generate(algorithm, random);
    byte[] id = new byte[8];
    random.nextBytes(id);
    synchronized (this) {
      Instant now = time.now();
      CloudKey key =
          new CloudKey(
              HexFormat.of().formatHex(id),
              algorithm,
              material,
              now,
              tags,
              new Delayed<>(),
              new Delayed<>(),
              new Delayed<>());
      key.status().write(Status.ENABLED, now);
      key.retired().write(false, now);
      keys.put(key.id(), key);
      return key;
    }
  }

  synchronized Optional<CloudKey> key(String id, Instant now) {
    return Optional.ofNullable(keys.get(id))
        .filter(key -> key.status().seen(now, delay).isPresent());
  }

  /** Needs no alias, but a provider that can filter by tag. */
  synchronized List<CloudKey> keys(Instant now) {
    return keys.values().stream().filter(key -> key.status().seen(now, delay).isPresent()).toList();
  }

  /** What a read sees; a key whose making is not seen yet counts as enabled to its maker. */
  synchronized Status status(CloudKey key, Instant now) {
    return key.status().seen(now, delay).orElse(Status.ENABLED);
  }

  synchronized void setStatus(CloudKey key, Status status, Instant now) {
    key.status().write(status, now);
  }

  synchronized boolean retired(CloudKey key, Instant now) {
    return key.retired().seen(now, delay).orElse(false);
  }

  synchronized void setRetired(CloudKey key, boolean retired, Instant now) {
    key.retired().write(retired, now);
  }

  synchronized RotationInterval rotation(CloudKey key, Instant now) {
    return key.rotation().seen(now, delay).orElse(key.tags().rotation());
  }

  synchronized void setRotation(CloudKey key, RotationInterval rotation, Instant now) {
    key.rotation().write(rotation, now);
  }

  /** Makes an alias; false when there is one, even if no read sees it yet. */
  synchronized boolean createAlias(String alias, String key, Instant now) {
    if (aliases.containsKey(alias)) {
      return false;
    }
    Delayed<String> entry = new Delayed<>();
    entry.write(key, now);
    aliases.put(alias, entry);
    return true;
  }

  synchronized Optional<String> alias(String alias, Instant now) {
    return Optional.ofNullable(aliases.get(alias)).flatMap(entry -> entry.seen(now, delay));
  }

  synchronized List<String> aliases() {
    return List.copyOf(aliases.keySet());
  }

  /** Notes when a key was first made somebody's active version. */
  synchronized void noteActivated(CloudKey key, Instant now) {
    activated.putIfAbsent(key.id(), now);
  }

  /** Notes on a key whether it disables the one that it is to replace; none if it does not. */
  synchronized void noteDisabling(CloudKey key, Optional<String> replaced) {
    replaced.ifPresentOrElse(id -> disabling.put(key.id(), id), () -> disabling.remove(key.id()));
  }

  synchronized boolean disables(String key, String replaced) {
    return replaced.equals(disabling.get(key));
  }

  synchronized Optional<Instant> activatedAt(CloudKey key) {
    return Optional.ofNullable(activated.get(key.id()));
  }

  /** Records a claim, dated when it is recorded. */
  synchronized void claim(KeyName name, String key, String replaced, TimeSource time) {
    claims
        .computeIfAbsent(name, n -> new ArrayList<>())
        .add(new Claim(time.now().getEpochSecond(), key, replaced));
  }

  synchronized List<Claim> claims(KeyName name) {
    return List.copyOf(claims.getOrDefault(name, List.of()));
  }

  /** Signs; every other signature on secp256k1 has a high s, which no provider rules out. */
  Bytes sign(CloudKey key, SigningInput input, SignatureEncoding encoding) {
    Bytes signature = key.material().sign(input);
    SignatureEncoding own = key.algorithm().defaultEncoding();
    if (own == SignatureEncoding.RAW) {
      return signature;
    }
    Bytes fixed = Signatures.convert(signature, key.algorithm(), own, SignatureEncoding.P1363);
    if (key.algorithm().curve().filter("secp256k1"::equals).isPresent() && highSTurn()) {
      fixed = withOtherS(fixed.toByteArray());
    }
    return Signatures.convert(fixed, key.algorithm(), SignatureEncoding.P1363, encoding);
  }

  private synchronized boolean highSTurn() {
    return ++secp256k1Signatures % 2 == 0;
  }

  private static Bytes withOtherS(byte[] fixed) {
    byte[] other =
        SECP256K1_ORDER
            .subtract(new BigInteger(1, Arrays.copyOfRange(fixed, 32, 64)))
            .toByteArray();
    Arrays.fill(fixed, 32, 64, (byte) 0);
    int length = Math.min(32, other.length);
    System.arraycopy(other, other.length - length, fixed, 64 - length, length);
    return Bytes.of(fixed);
  }
}
