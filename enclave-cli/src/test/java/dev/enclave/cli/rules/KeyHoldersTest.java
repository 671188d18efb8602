package dev.enclave.cli.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.enclave.spi.SecretBytes;
import java.io.Serializable;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A type that can hold keys is in one of two lists, and then shows nothing of them. A new one in
 * neither fails: look at it, then say what it is.
 */
@SuppressWarnings({"unused", "UnnecessaryLambda"}) // the planted types are looked at, not used
@Tag("full")
class KeyHoldersTest {

  /** What can hold secret bytes. */
  private static final Set<String> HOLD_KEYS =
      Set.of(
          "dev.enclave.auditlog.checkpoint.LogIdentity",
          "dev.enclave.core.internal.lifecycle.BackupOperation",
          "dev.enclave.core.internal.lifecycle.BackupOperation$Prepared",
          "dev.enclave.core.internal.lifecycle.RestoreOperation",
          "dev.enclave.core.internal.lifecycle.StoreResealer$Reseal",
          "dev.enclave.core.internal.lifecycle.StoreResealer$Reseal$Prepared",
          "dev.enclave.core.internal.use.SealOperation",
          "dev.enclave.core.internal.use.UnsealOperation",
          "dev.enclave.crypto.DataKey",
          "dev.enclave.crypto.LocalKey",
          "dev.enclave.crypto.internal.bouncycastle.AesMaterial",
          "dev.enclave.crypto.internal.backup.AttributedKey",
          "dev.enclave.crypto.internal.backup.BackupKeys",
          "dev.enclave.crypto.internal.corretto.CorrettoProvider$Lent",
          "dev.enclave.crypto.internal.corretto.CorrettoRsaKey",
          "dev.enclave.crypto.internal.corretto.CorrettoSigner",
          "dev.enclave.crypto.internal.encoding.DerReader",
          "dev.enclave.crypto.internal.encoding.EcPrivateKey",
          "dev.enclave.crypto.internal.bouncycastle.EcdsaMaterial",
          "dev.enclave.crypto.internal.bouncycastle.EdDsaMaterial",
          "dev.enclave.crypto.internal.backup.ForeignKey",
          "dev.enclave.crypto.internal.engine.ImportedMaterial",
          "dev.enclave.crypto.internal.memory.OffHeapSecret",
          "dev.enclave.crypto.internal.signature.RawRsa",
          "dev.enclave.crypto.internal.bouncycastle.RsaPrivateKey",
          "dev.enclave.crypto.internal.secp256k1.Secp256k1Signer",
          "dev.enclave.crypto.internal.memory.SecretMemory",
          "dev.enclave.crypto.internal.memory.SecretMemory$Place",
          "dev.enclave.kit.http.BoundedHttp$BoundedBody",
          "dev.enclave.kit.http.HttpAnswer$Answered",
          "dev.enclave.jobs.QueueKey",
          "dev.enclave.os.internal.linux.TransportCipher",
          "dev.enclave.kit.record.KeyRecords$Held",
          "dev.enclave.kit.record.RecordKey",
          "dev.enclave.software.internal.sealing.MasterKeyring",
          "dev.enclave.software.internal.backend.SoftwareSettings",
          "dev.enclave.software.internal.backend.SoftwareSettings$Passphrase",
          "dev.enclave.spi.ExportedKey$Version",
          "dev.enclave.spi.SecretBytes",
          "dev.enclave.testkit.cloud.CloudKeyService$CloudKey");

  /** What could by its fields, and never does. */
  private static final Map<String, String> HOLD_NONE =
      Map.ofEntries(
          Map.entry("dev.enclave.Bytes", "public bytes, shown in hexadecimal"),
          Map.entry("dev.enclave.Message", "what is signed; shows how long it is"),
          Map.entry("dev.enclave.azure.internal.AzureKeyParameters", "a public key"),
          Map.entry("dev.enclave.auditlog.write.AuditLane", "hashes of records"),
          Map.entry("dev.enclave.auditlog.check.ConsistencyProof", "hashes of records"),
          Map.entry("dev.enclave.auditlog.records.RecordEncoder", "records"),
          Map.entry("dev.enclave.auditlog.file.LaneReplay", "records"),
          Map.entry("dev.enclave.auditlog.records.RecordChain", "hashes of records"),
          Map.entry("dev.enclave.auditlog.check.RecordProof", "hashes of records"),
          Map.entry("dev.enclave.core.internal.use.DecryptOperation", "what is encrypted"),
          Map.entry("dev.enclave.auditlog.merkle.CompactRange", "hashes of records"),
          Map.entry("dev.enclave.auditlog.merkle.RangeHashes", "hashes of records"),
          Map.entry("dev.enclave.crypto.internal.encoding.Curve", "a curve and its order"),
          Map.entry("dev.enclave.crypto.internal.signature.RsaVerifier", "a public key"),
          Map.entry("dev.enclave.kit.attest.CardStatement", "what an HSM states of a public key"),
          Map.entry(
              "dev.enclave.os.internal.linux.bus.WireSecret", "encrypted, as it crosses the bus"));

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          // Servers for tests: they hold keys of their own alone, unprotected, and say so.
          .withImportOption(location -> !location.contains("/dev/enclave/emulators/"))
          // What the build's own tests stand on is not published.
          .withImportOption(location -> !location.contains("/dev/enclave/campaign/"))
          .withImportOption(location -> !location.contains("/dev/enclave/processes/"))
          .importPackages("dev.enclave");

  @Test
  void everyTypeThatCanHoldKeysIsKnown() {
    Set<String> known = new TreeSet<>(HOLD_KEYS);
    known.addAll(HOLD_NONE.keySet());
    assertThat(new KeyHolders(MAIN).names()).isEqualTo(known);
  }

  @Test
  void noneOfThemIsSerializable_orShowsWhatItHolds() {
    assertThat(new KeyHolders(MAIN).violations(HOLD_NONE.keySet())).isEmpty();
  }

  @Test
  void everyBadOneIsNoticed() {
    KeyHolders planted =
        new KeyHolders(
            new ClassFileImporter()
                .importClasses(
                    SerializableHolder.class,
                    ShowingHolder.class,
                    ArrayRecord.class,
                    KeyRecord.class,
                    CollectionRecord.class,
                    QuietHolder.class,
                    OpaqueRecord.class,
                    NoHolder.class));

    assertThat(planted.names())
        .extracting(name -> name.substring(name.indexOf('$') + 1))
        .containsExactlyInAnyOrder(
            "SerializableHolder",
            "ShowingHolder",
            "ArrayRecord",
            "KeyRecord",
            "CollectionRecord",
            "QuietHolder",
            "OpaqueRecord");
    assertThat(planted.violations(Set.of()))
        .extracting(violation -> violation.substring(violation.indexOf('$') + 1))
        .containsExactlyInAnyOrder(
            "SerializableHolder is Serializable",
            "ShowingHolder.seed is shown",
            "ArrayRecord.seed is part of a record",
            "KeyRecord.key is part of a record",
            "CollectionRecord.keys is part of a record");
  }

  @SuppressWarnings("serial")
  private static final class SerializableHolder implements Serializable {
    private static final long serialVersionUID = 1L;
    private final transient SecretBytes secret = SecretBytes.takeOver(new byte[1]);

    SecretBytes secret() {
      return secret;
    }
  }

  private static final class ShowingHolder {
    private final byte[] seed = {1, 2, 3};

    @Override
    public String toString() {
      return "Seed[" + text() + "]";
    }

    private String text() {
      return Arrays.toString(seed);
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record ArrayRecord(String name, byte[] seed) {}

  private record KeyRecord(PrivateKey key) {}

  private record CollectionRecord(Optional<List<Ed25519PrivateKeyParameters>> keys) {}

  private static final class QuietHolder {
    private final Supplier<char[]> password = () -> new char[0];

    @Override
    public String toString() {
      return "a password";
    }

    char[] password() {
      return password.get();
    }
  }

  private record OpaqueRecord(String name, SecretBytes secret) {}

  private record NoHolder(String name, java.security.PublicKey key) {}
}
