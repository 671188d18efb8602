package dev.enclave.campaign;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.enclave.Bytes;
import dev.enclave.processes.Checkout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A statement that an HSM of Google Cloud made on a key, published as test data of
 * smallstep/crypto. It lies beside the checkout, in {@code ../shared/attestation}, and not in it;
 * where it does not, a test that asks for it ends, and says so.
 *
 * @param folder where the statements lie
 * @param name of this one: {@code ec} or {@code rsa}
 */
public record RealStatement(Path folder, String name) {

  /** When all certificates of these statements and both roots in use are valid. */
  public static final Instant THEN = Instant.parse("2026-12-01T00:00:00Z");

  private static final int MODULUS = 0x0120;

  /** What stands before the point in a SubjectPublicKeyInfo (RFC 5480). */
  private static final String P256 = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\\s]+)-----END [A-Z ]+-----");

  /** The statement of this name; else the test ends. */
  public static RealStatement of(String name) {
    Path folder = Checkout.root().resolve("../shared/attestation").normalize();
    RealStatement statement = new RealStatement(folder, name);
    boolean there = Files.isReadable(statement.packed());
    String notRun = "NOT RUN: real statements of HSMs, which are not in ../shared/attestation";
    if (!there) {
      System.out.println(notRun);
    }
    assumeTrue(there, notRun);
    return statement;
  }

  /** The file as Cloud KMS gives it. */
  public Path packed() {
    return folder.resolve(name + ".dat");
  }

  /**
   * Its certificates: the manufacturer's root, card and partition, Google's root, card, partition.
   */
  public Path certificates() {
    return folder.resolve(name + ".certs");
  }

  /** A public key of the same kind that it is not on. */
  public Path otherPublicKey() {
    return folder.resolve(name + ".pub.pem");
  }

  /**
   * The public key that it is on, DER SubjectPublicKeyInfo, put together from the point or the
   * modulus in it, attribute 0x0120. No file has it.
   */
  public Bytes publicKey() {
    byte[] statement = unpacked();
    ByteBuffer all = ByteBuffer.wrap(statement);
    int at = 0;
    while (all.getInt(at) != MODULUS || all.getInt(at + 4) != modulusBytes()) {
      at++;
    }
    byte[] value = Arrays.copyOfRange(statement, at + 8, at + 8 + modulusBytes());
    return isRsa() ? rsa(value) : Bytes.of(HexFormat.of().parseHex(P256 + hex(value)));
  }

  private boolean isRsa() {
    return name.equals("rsa");
  }

  private int modulusBytes() {
    return isRsa() ? 256 : 65;
  }

  private static String hex(byte[] value) {
    return HexFormat.of().formatHex(value);
  }

  private static Bytes rsa(byte[] modulus) {
    try {
      return Bytes.of(
          KeyFactory.getInstance("RSA")
              .generatePublic(
                  new RSAPublicKeySpec(new BigInteger(1, modulus), RSAKeyGenParameterSpec.F4))
              .getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Google's root, and the one that the manufacturer issued after that in {@link #certificates}.
   */
  public Path roots() {
    return folder.resolve("roots.pem");
  }

  /** The statement unpacked. */
  public byte[] unpacked() {
    try (GZIPInputStream in =
        new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(packed())))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks of a PEM file. */
  public static List<Bytes> der(Path pem) {
    try {
      return PEM.matcher(Files.readString(pem))
          .results()
          .map(block -> Bytes.of(Base64.getMimeDecoder().decode(block.group(1))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
