package dev.enclave.gcp.internal.attest;

import dev.enclave.Bytes;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.Attester.Attestation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads statements, whoever hands them over: that the partition's key signed one, that it is on a
 * public key, and what it says of the private one. Whether the chains end at the manufacturer's and
 * Google's roots, the engine checks.
 */
public final class CaviumReading {

  private static final String V2 = "CAVIUM_V2_COMPRESSED";
  private static final int LONGEST = 1 << 20;
  private static final int SHA256_BYTES = 32;
  private static final String UNKNOWN = "laid out in a way that is not known here";
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{16,256}");

  private CaviumReading() {}

  /**
   * Reads a statement that lies in a file.
   *
   * @param statement compressed, as Cloud KMS gives it, or unpacked
   * @param certificates DER, in any order
   * @param spki the key that it has to be on
   * @return none when these bytes are no statement of V2, the format that HSMs make now
   */
  public static Optional<Attestation> ofFile(
      Bytes statement, List<Bytes> certificates, Optional<Bytes> spki) throws BackendFailure {
    byte[] given = statement.toByteArray();
    byte[] unpacked = isGzip(given) ? unpacked(given) : given;
    return CaviumStatement.isV2(unpacked)
        ? Optional.of(
            of(V2, statement, unpacked, CaviumCertificates.sorted(unpacked, certificates), spki))
        : Optional.empty();
  }

  private static boolean isGzip(byte[] content) {
    return content.length > 2 && content[0] == 0x1f && content[1] == (byte) 0x8b;
  }

  /** What it says, and what of that holds. */
  static Attestation of(
      String format,
      Bytes given,
      byte[] statement,
      CaviumCertificates certificates,
      Optional<Bytes> spki)
      throws BackendFailure {
    Set<Check> checks = EnumSet.noneOf(Check.class);
    certificates.requireOneCard();
    if (certificates.requireSigned(statement)) {
      checks.add(Check.SIGNATURE);
    }
    List<Map<Integer, byte[]>> objects = CaviumStatement.objects(statement, format.equals(V2));
    if (spki.isPresent() && requireMatch(objects, spki.get())) {
      checks.add(Check.PUBLIC_KEY);
    }
    return Attestation.of(format, given, certificates.chains(), facts(objects), checks);
  }

  private static Map<String, String> facts(List<Map<Integer, byte[]>> objects) {
    // Of a pair, the private one comes last.
    Map<Integer, byte[]> key = objects.isEmpty() ? Map.of() : objects.get(objects.size() - 1);
    if (key.isEmpty() || isPublic(key)) {
      return Map.of("attributes", UNKNOWN);
    }
    Map<String, String> facts = new TreeMap<>();
    facts.put(Attester.MADE_IN_HSM, flag(key.get(CaviumStatement.LOCAL)));
    facts.put(Attester.EXTRACTABLE, flag(key.get(CaviumStatement.EXTRACTABLE)));
    facts.put(Attester.NEVER_EXTRACTABLE, flag(key.get(CaviumStatement.NEVER_EXTRACTABLE)));
    facts.put("id", id(key.get(CaviumStatement.ID)));
    byte @Nullable [] checkValue = key.get(CaviumStatement.CHECK_VALUE);
    if (objects.size() > 1
        && checkValue != null
        && checkValue.length == SHA256_BYTES
        && Arrays.equals(checkValue, objects.get(0).get(CaviumStatement.CHECK_VALUE))) {
      facts.put(Attester.PUBLIC_KEY, grouped(HexFormat.of().formatHex(checkValue)));
    }
    return facts;
  }

  private static String id(byte @Nullable [] value) {
    if (value == null) {
      return "none";
    }
    String text = new String(value, StandardCharsets.ISO_8859_1);
    return DIGITS.matcher(text).matches() ? grouped(text) : UNKNOWN;
  }

  /** In groups of 16, since a longer run is withheld from messages, as what could be a key. */
  private static String grouped(String digits) {
    return digits.replaceAll("(.{16})(?=.)", "$1 ");
  }

  /**
   * Checks what is said of the public key.
   *
   * @return whether the private object, which is what the facts are about, says that it is its key
   */
  static boolean requireMatch(List<Map<Integer, byte[]>> objects, Bytes spki)
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
        throw CaviumCertificates.refused("it is of another public key");
      }
      matched = same && !another && !isPublic(object);
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

  static byte[] unpacked(byte[] content) throws BackendFailure {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      byte[] statement = in.readNBytes(LONGEST);
      if (in.read() == -1) {
        return statement;
      }
    } catch (IOException e) {
      throw CaviumCertificates.refused("it cannot be unpacked");
    }
    throw CaviumCertificates.refused("it is too long");
  }
}
