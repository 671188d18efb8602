package dev.enclave.gcp.internal.attest;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.KeyOperationAttestation.AttestationFormat;
import com.google.protobuf.ByteString;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the HSM says of a version, fetched and read: that its partition's key signed it, that it is
 * about this very version and its public key, and whether the key was made there. Whether the
 * chains end at the manufacturer's and Google's roots, the engine checks.
 */
public final class GcpAttestations implements Attester {

  private static final int LONGEST = 1 << 20;
  private static final int SHA256_BYTES = 32;
  private static final String UNKNOWN = "laid out in a way that is not known here";

  private final GcpKeys keys;

  public GcpAttestations(GcpKeys keys) {
    this.keys = keys;
  }

  @Override
  public Attestation attest(KeyVersionRef ref, CallContext call) throws BackendFailure {
    if (!GcpNames.names(ref.providerUri(), ref.version())) {
      throw GcpRefusals.COMMON.noVersion(ref.name(), ref.version());
    }
    CryptoKeyVersion version = keys.directory().version(ref.providerUri(), call);
    KeyOperationAttestation given = version.getAttestation();
    if (!version.hasAttestation() || given.getContent().isEmpty()) {
      throw BackendFailure.permanent(
              FailureCode.UNSUPPORTED,
              "Cloud KMS has no attestation of "
                  + ref.providerUri()
                  + ", which is of protection level "
                  + version.getProtectionLevel()
                  + ". Versions in an HSM have one.")
          .naming(ref.providerUri());
    }
    Optional<PublicKeyInfo> publicKey = keys.snapshots().publicKey(version, ref.algorithm(), call);
    Map<String, String> facts = new TreeMap<>();
    Set<Check> checks = EnumSet.noneOf(Check.class);
    CaviumCertificates certificates = CaviumCertificates.of(given.getCertChains());
    certificates.requireOneCard();
    byte[] statement = unpacked(given.getContent());
    if (certificates.requireSigned(statement)) {
      checks.add(Check.SIGNATURE);
    }
    List<Map<Integer, byte[]>> objects = objects(given, statement);
    if (objects.isEmpty()) {
      facts.put("attributes", UNKNOWN);
    } else {
      // Of a pair, the private one comes last.
      Map<Integer, byte[]> key = objects.get(objects.size() - 1);
      readId(ref, key, facts, checks);
      if (publicKey.isPresent() && requireMatch(objects, publicKey.get().spki())) {
        checks.add(Check.PUBLIC_KEY);
      }
      facts.put("made in the HSM", flag(key.get(CaviumStatement.LOCAL)));
      facts.put("extractable", flag(key.get(CaviumStatement.EXTRACTABLE)));
      facts.put("never extractable", flag(key.get(CaviumStatement.NEVER_EXTRACTABLE)));
    }
    return Attestation.of(
        given.getFormat().toString(),
        Bytes.of(given.getContent().toByteArray()),
        certificates.chains(),
        facts,
        checks);
  }

  private static void readId(
      KeyVersionRef ref, Map<Integer, byte[]> key, Map<String, String> facts, Set<Check> checks)
      throws BackendFailure {
    byte[] id = key.get(CaviumStatement.ID);
    if (id == null || id.length != SHA256_BYTES) {
      facts.put("id", id == null ? "none" : UNKNOWN);
      return;
    }
    if (!Arrays.equals(
        id, CaviumCertificates.sha256(ref.providerUri().getBytes(StandardCharsets.UTF_8)))) {
      throw GcpRefusals.wrongAnswer("the attestation is of another version");
    }
    checks.add(Check.VERSION);
  }

  /**
   * Checks that a statement beside a wrapping key is on that key, where it says so.
   *
   * @param spki the wrapping key
   */
  public static void requireOn(KeyOperationAttestation given, Bytes spki) throws BackendFailure {
    if (given.getContent().isEmpty()) {
      return;
    }
    byte[] statement = unpacked(given.getContent());
    CaviumCertificates.of(given.getCertChains()).requireSigned(statement);
    requireMatch(objects(given, statement), spki);
  }

  private static List<Map<Integer, byte[]>> objects(
      KeyOperationAttestation given, byte[] statement) {
    return CaviumStatement.objects(
        statement, given.getFormat() == AttestationFormat.CAVIUM_V2_COMPRESSED);
  }

  /**
   * Checks what is said of the public key.
   *
   * @return whether anything is; what a private object alone says of it is believed if it fits
   */
  private static boolean requireMatch(List<Map<Integer, byte[]>> objects, Bytes spki)
      throws BackendFailure {
    boolean matched = false;
    for (Map<Integer, byte[]> object : objects) {
      byte[] modulus = object.get(CaviumStatement.MODULUS);
      byte[] checkValue = object.get(CaviumStatement.CHECK_VALUE);
      boolean same = false;
      boolean another = false;
      if (modulus != null && modulus.length >= SHA256_BYTES) {
        boolean contained = contains(spki.toByteArray(), modulus);
        same = contained;
        another = !contained;
      }
      if (checkValue != null && checkValue.length == SHA256_BYTES) {
        boolean equal = Arrays.equals(checkValue, CaviumCertificates.sha256(spki.toByteArray()));
        same |= equal;
        another |= !equal;
      }
      if (another && isPublic(object)) {
        throw GcpRefusals.wrongAnswer("the attestation is of another public key");
      }
      matched |= same && !another;
    }
    return matched;
  }

  private static boolean isPublic(Map<Integer, byte[]> object) {
    byte[] kind = object.get(CaviumStatement.CLASS);
    return kind != null && kind.length > 0 && kind[kind.length - 1] == CaviumStatement.PUBLIC_KEY;
  }

  private static boolean contains(byte[] whole, byte[] part) {
    for (int from = 0; from + part.length <= whole.length; from++) {
      if (Arrays.equals(whole, from, from + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  private static String flag(byte @Nullable [] value) {
    if (value == null || value.length == 0) {
      return "not said";
    }
    for (byte b : value) {
      if (b != 0) {
        return "yes";
      }
    }
    return "no";
  }

  private static byte[] unpacked(ByteString content) throws BackendFailure {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(content.toByteArray()))) {
      byte[] statement = in.readNBytes(LONGEST);
      if (in.read() == -1) {
        return statement;
      }
    } catch (IOException e) {
      throw GcpRefusals.wrongAnswer("the attestation cannot be unpacked");
    }
    throw GcpRefusals.wrongAnswer("the attestation is too long");
  }
}
