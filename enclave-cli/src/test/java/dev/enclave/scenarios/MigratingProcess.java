package dev.enclave.scenarios;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.SigningKey;
import dev.enclave.campaign.process.SigningProcess;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationWay;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** A process that migrates a key by succession, and is dumped while it has everything open. */
final class MigratingProcess {

  /** What is deliberately held, so that the search shows that it sees. */
  private static final List<Object> LEAKS = new ArrayList<>();

  private MigratingProcess() {}

  /**
   * Arguments: what {@link SixPlaces#write} wrote, source, target, the key's name, files for the
   * masked leak and the record.
   */
  public static void main(String[] arguments) throws Exception {
    byte[] leak = new byte[32];
    new SecureRandom().nextBytes(leak);
    LEAKS.add(leak.clone());
    Files.write(Path.of(arguments[4]), SigningProcess.masked(leak));
    try (Enclave enclave = SixPlaces.open(Path.of(arguments[0]), BackendId.of(arguments[1]))) {
      SigningKey key = enclave.signingKeys().key(arguments[3]);
      MigrationPlan plan =
          enclave
              .admin()
              .migrations()
              .plan(key.handle(), BackendId.of(arguments[2]), MigrationWay.SUCCESSION);
      String record =
          enclave.admin().migrations().run(MigrationProposal.unsigned(plan), kept -> {}).toString();
      Files.writeString(Path.of(arguments[5]), record);
      System.out.println("migrated");
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
  }
}
