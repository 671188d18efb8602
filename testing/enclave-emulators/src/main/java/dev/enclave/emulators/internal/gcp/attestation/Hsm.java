package dev.enclave.emulators.internal.gcp.attestation;

import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.KeyOperationAttestation.AttestationFormat;
import com.google.protobuf.ByteString;
import dev.enclave.emulators.internal.crypto.Material;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** An HSM, which attests the keys that it holds. Its certificates are made when first needed. */
public final class Hsm {

  private static final int SIGNATURE_BYTES = 256;

  private final SecureRandom random;

  /** A new one. */
  public Hsm(SecureRandom random) {
    this.random = random;
  }

  /** The certificate that its manufacturer's chain ends in, as PEM. */
  public String manufacturerRoot() {
    return chains().manufacturerRoot();
  }

  /** The certificate that its owner's chains end in, as PEM. */
  public String ownerRoot() {
    return chains().ownerRoot();
  }

  private static Chains chains() {
    return Shared.CHAINS;
  }

  /** The same for all servers of a process: its keys take a second, and tests start hundreds. */
  private static final class Shared {
    static final Chains CHAINS = new Chains(new SecureRandom());
  }

  /**
   * What it says about a key, worked out once and when first asked for.
   *
   * @param name the key version's
   * @param generated whether the HSM made it itself
   */
  public Supplier<KeyOperationAttestation> statement(
      String name, Material material, boolean generated) {
    return new Supplier<>() {
      private @Nullable KeyOperationAttestation made;

      @Override
      public synchronized KeyOperationAttestation get() {
        KeyOperationAttestation statement = made;
        if (statement == null) {
          statement = attest(Statement.of(name, material, generated, SIGNATURE_BYTES));
          made = statement;
        }
        return statement;
      }
    };
  }

  /** resources.proto, CAVIUM_V2_COMPRESSED: "compressed with gzip". */
  private KeyOperationAttestation attest(byte[] statement) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (GZIPOutputStream compressed = new GZIPOutputStream(content)) {
      compressed.write(statement);
      compressed.write(chains().sign(statement, random));
    } catch (IOException e) {
      throw new IllegalStateException("An attestation could not be compressed.");
    }
    return KeyOperationAttestation.newBuilder()
        .setFormat(AttestationFormat.CAVIUM_V2_COMPRESSED)
        .setContent(ByteString.copyFrom(content.toByteArray()))
        .setCertChains(chains().chains())
        .build();
  }
}
