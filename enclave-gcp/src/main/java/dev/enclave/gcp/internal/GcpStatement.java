package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.KeyOperationAttestation.AttestationFormat;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.admin.ManagedKey.Check;
import dev.enclave.kit.attest.CardStatement;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.Attester.Attestation;
import dev.enclave.spi.backend.Attester.Chain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A statement of an HSM of Google Cloud, whoever hands it over, with its certificates ("Verifying
 * attestations", Cloud KMS documentation, and its script): the manufacturer's for the partition of
 * the HSM that signed, and for its card; the owner's, which is Google, for the same two keys. It is
 * read whether the partition's key signed it, that it is on a public key, and what it says of the
 * private one. Whether the chains end at the manufacturer's and Google's roots, the engine checks.
 */
public record GcpStatement(CardStatement statement, List<Path> paths) {

  private static final String V2 = "CAVIUM_V2_COMPRESSED";
  private static final String MANUFACTURER = "manufacturer";
  private static final String OWNER = Texts.OWNER.with();
  private static final String OWNER_OF_CARD = Texts.OWNER_OF_CARD.with();
  private static final int MOST = 20;
  private static final int LONGEST = 1 << 20;
  private static final int SHA256_BYTES = 32;
  private static final String UNKNOWN = Texts.LAYOUT_UNKNOWN.with();
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{16,256}");

  /** Certificates of somebody, each issued by the next. */
  private record Path(String of, List<X509Certificate> path) {

    /** Whether they begin with the key that signed, else with the card's, which certifies none. */
    boolean signer() {
      return !of.equals(OWNER_OF_CARD);
    }

    X509Certificate first() {
      return path.get(0);
    }

    boolean isOn(X509Certificate card) {
      return path.size() > 1
          ? path.get(1).getPublicKey().equals(card.getPublicKey())
          : first().getIssuerX500Principal().equals(card.getIssuerX500Principal());
    }
  }

  /** Fetches what the HSM says of a version, and reads it. */
  static Attestation attest(GcpKeys keys, KeyVersionRef ref, CallContext call)
      throws BackendFailure {
    if (!GcpNames.names(ref.providerUri(), ref.version())) {
      throw GcpCalls.REFUSALS.noVersion(ref.name(), ref.version());
    }
    var version = keys.calls().send(GcpOperation.GET_VERSION, ref.providerUri(), call);
    KeyOperationAttestation given = version.getAttestation();
    if (given.getContent().isEmpty()) {
      throw Texts.NO_ATTESTATION
          .permanent(FailureCode.UNSUPPORTED, ref.providerUri(), version.getProtectionLevel())
          .naming(ref.providerUri());
    }
    return of(given)
        .attestation(
            given.getFormat().toString(),
            Bytes.of(given.getContent().toByteArray()),
            keys.publicKey(GcpKeys.of(version), ref.algorithm(), call).map(PublicKeyInfo::spki));
  }

  /**
   * Checks that a statement beside a wrapping key is on that key, where it says so.
   *
   * @param spki the wrapping key
   */
  static void requireOn(KeyOperationAttestation given, Bytes spki) throws BackendFailure {
    if (!given.getContent().isEmpty()) {
      GcpStatement statement = of(given);
      statement.requireSigned();
      statement.requireMatch(spki);
    }
  }

  /** As Cloud KMS gives it: each list begins with the certificate that it is about. */
  private static GcpStatement of(KeyOperationAttestation given) throws BackendFailure {
    var chains = given.getCertChains();
    List<Path> paths = new ArrayList<>();
    add(paths, MANUFACTURER, chains.getCaviumCertsList());
    add(paths, OWNER, chains.getGooglePartitionCertsList());
    add(paths, OWNER_OF_CARD, chains.getGoogleCardCertsList());
    boolean v2 = given.getFormat() == AttestationFormat.CAVIUM_V2_COMPRESSED;
    byte[] unpacked = unpacked(given.getContent().toByteArray());
    return new GcpStatement(new CardStatement(unpacked, v2 ? 2 : 0), paths);
  }

  private static void add(List<Path> paths, String of, List<String> pems) throws BackendFailure {
    List<X509Certificate> path = new ArrayList<>();
    for (String pem : pems) {
      path.addAll(certificates(pem.getBytes(StandardCharsets.US_ASCII)));
    }
    path.removeIf(CardStatement::isRoot);
    if (!path.isEmpty()) {
      paths.add(new Path(of, path));
    }
  }

  /**
   * Reads a statement that lies in a file.
   *
   * @param given compressed, as Cloud KMS gives it, or unpacked
   * @param certificates DER, in any order, with roots or without
   * @param spki the key that it has to be on
   * @return none when these bytes are no statement of V2, the format that HSMs make now
   */
  public static Optional<Attestation> ofFile(
      Bytes given, List<Bytes> certificates, Optional<Bytes> spki) throws BackendFailure {
    byte[] content = given.toByteArray();
    boolean gzip = content.length > 2 && content[0] == 0x1f && content[1] == (byte) 0x8b;
    byte[] unpacked = gzip ? unpacked(content) : content;
    if (!CardStatement.hasHeader(unpacked)) {
      return Optional.empty();
    }
    CardStatement read = new CardStatement(unpacked, 2);
    return Optional.of(
        new GcpStatement(read, sorted(read, certificates)).attestation(V2, given, spki));
  }

  private static List<X509Certificate> certificates(byte[] encoded) throws BackendFailure {
    return CardStatement.certificates(encoded, () -> refused(Texts.CERTIFICATE_UNREADABLE.with()));
  }

  private static List<Path> sorted(CardStatement statement, List<Bytes> der) throws BackendFailure {
    List<X509Certificate> partitions = new ArrayList<>();
    List<X509Certificate> rest = new ArrayList<>();
    for (Bytes each : new LinkedHashSet<>(der)) {
      X509Certificate certificate = certificates(each.toByteArray()).get(0);
      if (!CardStatement.isRoot(certificate)) {
        (statement.signedBy(certificate, false) ? partitions : rest).add(certificate);
      }
      if (partitions.size() + rest.size() > MOST) {
        throw refused(Texts.TOO_MANY_CERTIFICATES.with(MOST));
      }
    }
    if (partitions.isEmpty()) {
      throw unsigned();
    }
    List<Path> paths = new ArrayList<>();
    for (X509Certificate partition : partitions) {
      List<X509Certificate> path = CardStatement.path(partition, rest);
      rest.removeAll(path);
      paths.add(new Path(path.size() > 1 ? MANUFACTURER : OWNER, path));
    }
    rest.forEach(card -> paths.add(new Path(OWNER_OF_CARD, List.of(card))));
    return paths;
  }

  /** What it says, and what of that holds. */
  private Attestation attestation(String format, Bytes given, Optional<Bytes> spki)
      throws BackendFailure {
    Set<Check> checks = EnumSet.noneOf(Check.class);
    // Manufacturer and owner speak of the same card, and one owner of card and key.
    for (Path card : paths) {
      for (Path signer : paths) {
        if (!card.signer() && signer.signer() && !signer.isOn(card.first())) {
          throw refused(Texts.TWO_CARDS.with());
        }
      }
    }
    if (requireSigned()) {
      checks.add(Check.SIGNATURE);
    }
    if (spki.isPresent() && requireMatch(spki.get())) {
      checks.add(Check.PUBLIC_KEY);
    }
    List<Chain> chains = new ArrayList<>();
    for (Path path : paths) {
      List<Bytes> encoded = CardStatement.encoded(path.path());
      chains.add(path.signer() ? Chain.of(path.of(), encoded) : Chain.beside(path.of(), encoded));
    }
    return Attestation.of(format, given, chains, facts(), checks);
  }

  /**
   * Checks that the partition signed, by the key that manufacturer and owner certify.
   *
   * @return whether there is a certificate to check it by
   */
  private boolean requireSigned() throws BackendFailure {
    List<Path> signers = paths.stream().filter(Path::signer).toList();
    for (Path path : signers) {
      if (!statement.signedBy(path.first(), false)) {
        throw unsigned();
      }
    }
    return !signers.isEmpty();
  }

  private Map<String, String> facts() {
    // Of a pair, the private one comes last.
    List<Map<Integer, byte[]>> objects = statement.objects();
    Map<Integer, byte[]> key = objects.isEmpty() ? Map.of() : objects.get(objects.size() - 1);
    if (key.isEmpty() || CardStatement.isPublic(key)) {
      return Map.of("attributes", UNKNOWN);
    }
    Map<String, String> facts = CardStatement.facts(key);
    String id = text(of(key, CardStatement.ID));
    String known = DIGITS.matcher(id).matches() ? grouped(id) : UNKNOWN;
    facts.put("id", key.containsKey(CardStatement.ID) ? known : "none");
    byte[] checkValue = of(key, CardStatement.CHECK_VALUE);
    if (objects.size() > 1
        && checkValue.length == SHA256_BYTES
        && Arrays.equals(checkValue, of(objects.get(0), CardStatement.CHECK_VALUE))) {
      facts.put(Attester.PUBLIC_KEY, grouped(HexFormat.of().formatHex(checkValue)));
    }
    return facts;
  }

  private static byte[] of(Map<Integer, byte[]> object, int attribute) {
    return object.getOrDefault(attribute, new byte[0]);
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
  private boolean requireMatch(Bytes spki) throws BackendFailure {
    byte[] hash = CardStatement.sha256(spki.toByteArray());
    boolean matched = false;
    for (Map<Integer, byte[]> object : statement.objects()) {
      byte[] modulus = of(object, CardStatement.MODULUS);
      byte[] checkValue = of(object, CardStatement.CHECK_VALUE);
      boolean byModulus = modulus.length >= SHA256_BYTES;
      boolean byCheckValue = checkValue.length == SHA256_BYTES;
      boolean same =
          (!byModulus || text(spki.toByteArray()).contains(text(modulus)))
              && (!byCheckValue || Arrays.equals(checkValue, hash));
      boolean ofPublic = CardStatement.isPublic(object);
      if (ofPublic && !same) {
        throw refused(Texts.OTHER_PUBLIC_KEY.with());
      }
      matched = !ofPublic && same && (byModulus || byCheckValue);
    }
    return matched;
  }

  /** A character for each byte. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] unpacked(byte[] content) throws BackendFailure {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      byte[] statement = in.readNBytes(LONGEST);
      if (in.read() == -1) {
        return statement;
      }
    } catch (IOException e) {
      throw refused(Texts.NOT_UNPACKED.with());
    }
    throw refused(Texts.TOO_LONG.with());
  }

  private static BackendFailure unsigned() {
    return refused(Texts.NOT_SIGNED_BY_CERTIFICATES.with());
  }

  private static BackendFailure refused(String what) {
    return Texts.STATEMENT_REFUSED.permanent(FailureCode.CORRUPT, what);
  }
}
