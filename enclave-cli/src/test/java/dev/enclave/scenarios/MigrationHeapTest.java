package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.admin.KeyBackup;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.SigningProcess;
import dev.enclave.cli.OpenSsl;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.Patterns;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A key is known, the clouds are in this process, and the process that migrates the key from one to
 * the other is searched for it, and so is what it wrote. The long form has each cloud once as
 * source and as target.
 */
@Tag("full")
@Tag("needs-openssl")
class MigrationHeapTest {

  private static final boolean LONG = Boolean.getBoolean("enclave.soak.migration-pairs");
  private static final String PASSWORD = "correct horse battery";

  static Stream<Arguments> pairs() {
    return Stream.of(
            Arguments.of(BackendId.AWS_KMS, BackendId.AZURE_KEYVAULT),
            Arguments.of(BackendId.AZURE_KEYVAULT, BackendId.GCP_KMS),
            Arguments.of(BackendId.GCP_KMS, BackendId.AWS_KMS))
        .limit(LONG ? 3 : 1);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void theProcessThatRunsASuccession_holdsNoPartOfTheOldKey(
      BackendId source, BackendId target, @TempDir Path made, @TempDir Path folder)
      throws Exception {
    byte[] scalar = generated(made);
    Path leak = folder.resolve("leak");
    Path record = folder.resolve("record.json");
    try (SixPlaces places = new SixPlaces(made, Set.of(source, target))) {
      places.warmImports(source);
      try (Enclave enclave = places.open(source)) {
        KeyBackup backup = KeyBackup.parse(Files.readString(made.resolve("wallet.pem")));
        enclave.admin().restore("wallet", backup, PASSWORD.toCharArray());
      }
      try (ChildProcess process =
          ChildProcess.start(
              folder,
              MigratingProcess.class,
              places.write(folder.resolve("places.properties")).toString(),
              source.value(),
              target.value(),
              "wallet",
              leak.toString(),
              record.toString())) {
        process.awaitLine("migrated");
        Patterns key = new Patterns().add("scalar", scalar);
        byte[] held = SigningProcess.masked(Files.readAllBytes(leak));
        requireAbsent(folder, scalar);
        Map<String, Map<String, Integer>> inProcess =
            HeapDumps.hits(
                HeapDumps.take(process.pid(), folder.resolve("process.hprof")),
                Map.of("key", key, "leak", new Patterns().add("control", held)));
        System.out.println("from " + source + " to " + target + ": " + inProcess);
        assertThat(inProcess).containsOnlyKeys("leak");
        // Or the search for the key could not fail: the servers of this process have it.
        Path here = HeapDumps.take(ProcessHandle.current().pid(), folder.resolve("here.hprof"));
        assertThat(HeapDumps.hits(here, Map.of("key", key))).containsOnlyKeys("key");
      }
      MigrationRecord.parse(Files.readString(record)).requireValid(Optional.empty(), Set.of());
    }
  }

  /** Makes a key and a file of it that can be restored; returns its scalar, 32 octets. */
  private static byte[] generated(Path made) throws IOException, GeneralSecurityException {
    Files.writeString(made.resolve("password"), PASSWORD + "\n");
    OpenSsl.make(made, "ecparam -name prime256v1 -genkey -noout -out plain.pem");
    OpenSsl.make(made, "pkcs8 -topk8 -nocrypt -in plain.pem -outform DER -out plain.der");
    OpenSsl.make(
        made, "pkcs8 -topk8 -in plain.pem -passout file:password -v2 aes-256-cbc -out wallet.pem");
    BigInteger number =
        ((ECPrivateKey)
                KeyFactory.getInstance("EC")
                    .generatePrivate(
                        new PKCS8EncodedKeySpec(Files.readAllBytes(made.resolve("plain.der")))))
            .getS();
    byte[] scalar = new byte[32];
    byte[] octets = number.toByteArray();
    int length = Math.min(scalar.length, octets.length);
    System.arraycopy(octets, octets.length - length, scalar, scalar.length - length, length);
    return scalar;
  }

  private static void requireAbsent(Path folder, byte[] scalar) throws IOException {
    try (Stream<Path> written = Files.walk(folder)) {
      for (Path file : written.filter(Files::isRegularFile).toList()) {
        assertThat(indexOf(Files.readAllBytes(file), scalar)).as("%s", file).isNegative();
      }
    }
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int at = 0; at + part.length <= all.length; at++) {
      int same = 0;
      while (same < part.length && all[at + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return at;
      }
    }
    return -1;
  }
}
