package dev.enclave.crypto.internal.secp256k1;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.crypto.internal.encoding.DerWriter;
import dev.enclave.crypto.internal.encoding.EcPrivateKey;
import dev.enclave.crypto.internal.encoding.Pkcs8;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.crypto.internal.encoding.Scalars;
import dev.enclave.crypto.internal.engine.AlgorithmEngine;
import dev.enclave.crypto.internal.engine.ImportedMaterial;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.crypto.internal.engine.KeyMemory;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.crypto.internal.signature.EcdsaValue;
import dev.enclave.crypto.internal.signature.EcdsaVerifier;
import dev.enclave.internal.PublicKeyEngine;
import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.security.CodeSource;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Both schemes on secp256k1 by libsecp256k1. Its signatures are those of Bouncy Castle, octet for
 * octet: RFC 6979 with HMAC-SHA256, low-s.
 */
final class Secp256k1Engine implements AlgorithmEngine {

  private static final int POINT_LENGTH = 65;
  private static final Pattern VERSION = Pattern.compile("-(\\d[\\w.]*)\\.jar$");

  private final Secp256k1 library;

  Secp256k1Engine(Secp256k1 library) {
    this.library = library;
  }

  @Override
  public String name() {
    return "libsecp256k1 (secp256k1-kmp" + version() + ")";
  }

  /** The jar says its version in its name alone. */
  private static String version() {
    @Nullable CodeSource source = Secp256k1.class.getProtectionDomain().getCodeSource();
    Matcher matcher = VERSION.matcher(source == null ? "" : source.getLocation().getPath());
    return matcher.find() ? " " + matcher.group(1) : "";
  }

  @Override
  public KeyMemory memory(KeyAlgorithm algorithm) {
    return KeyMemory.OFF_HEAP;
  }

  @Override
  public KeyMaterial generate(KeyAlgorithm algorithm, SecureRandom random) {
    return material(algorithm, Scalars.random(Curve.SECP256K1, random));
  }

  @Override
  public KeyMaterial decode(KeyAlgorithm algorithm, byte[] encoded, SecureRandom random) {
    try {
      byte[] inner = Pkcs8.unwrap(algorithm, encoded);
      try {
        return material(algorithm, EcPrivateKey.parse(Curve.SECP256K1, inner).scalar());
      } finally {
        Arrays.fill(inner, (byte) 0);
      }
    } catch (DerException e) {
      throw Pkcs8.malformed(algorithm, encoded.length, e);
    }
  }

  private KeyMaterial material(KeyAlgorithm algorithm, byte[] scalar) {
    byte[] point = library.pubkeyCreate(scalar);
    byte[] spki =
        DerWriter.sequence(
            PublicKeys.algorithmIdentifier(algorithm), DerWriter.bitString(point.clone()));
    OffHeapSecret encoded = OffHeapSecret.of(EcPrivateKey.pkcs8(algorithm, scalar, point));
    return new ImportedMaterial(
        algorithm,
        PublicKeyInfo.fromSpki(spki, algorithm),
        encoded,
        new Secp256k1Signer(library, algorithm, OffHeapSecret.of(scalar)));
  }

  @Override
  public PublicKeyEngine.Verifier verifier(PublicKeyInfo key) {
    byte[] spki = key.spki().toByteArray();
    byte[] point = Arrays.copyOfRange(spki, spki.length - POINT_LENGTH, spki.length);
    return new EcdsaVerifier(
        key.algorithm(), (digest, value) -> library.verify(value.p1363(), digest, point));
  }

  /** Recovers the key that each possible id stands for, until one is {@code key}. */
  @Override
  public OptionalInt recoveryId(PublicKeyInfo key, byte[] digest, EcdsaValue value) {
    byte[] compact = value.p1363();
    // Above 1 an id says that R's x is r + n, which must still be below the field's prime.
    int ids = value.rLength() > 17 ? 2 : 4;
    for (int id = 0; id < ids; id++) {
      if (isRecovered(key.spki(), compact, digest, id)) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  private boolean isRecovered(Bytes spki, byte[] compact, byte[] digest, int id) {
    byte[] point;
    try {
      point = library.ecdsaRecover(compact, digest, id);
    } catch (Secp256k1Exception none) {
      return false;
    }
    int start = spki.size() - POINT_LENGTH;
    for (int i = 0; i < POINT_LENGTH; i++) {
      if (spki.at(start + i) != point[i]) {
        return false;
      }
    }
    return true;
  }
}
