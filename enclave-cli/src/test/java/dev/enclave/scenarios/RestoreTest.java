package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backup from an encrypted file goes on as a key in a cloud. */
@Tag("full")
class RestoreTest {

  private static final String PASSWORD = "correct horse battery";

  /** What the services call these requests. */
  private static final Set<String> IMPORTING =
      Set.of("ImportKeyMaterial", "ImportKey", "ImportCryptoKeyVersion");

  private static final Set<String> SIGNING = Set.of("Sign", "AsymmetricSign");

  @ParameterizedTest
  @EnumSource
  void bringsAKeyFromABackupIntoTheCloud_whereItSigns(Place place, @TempDir Path folder)
      throws Exception {
    try (Places places = new Places(folder)) {
      String backup = folder.resolve("wallet.pem").toString();
      Cli local = Cli.local(folder);
      local.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
      local.typing(PASSWORD, PASSWORD).succeed("keys", "backup", "wallet", "--out", backup);

      Cli.Run restored =
          cli(place, places, folder)
              .typing(PASSWORD)
              .run("keys", "restore", backup, "--name", "wallet");
      Cli.Run signed =
          cli(place, places, folder)
              .reading(new byte[] {1, 2, 3})
              .run("sign", "wallet", "-", "--out=signature");

      assertThat(restored.code()).as(restored.err()).isZero();
      assertThat(restored.out()).contains("Restored wallet", "IMPORTED");
      assertThat(signed.code()).as(signed.err()).isZero();
      assertThat(asked(place, places, IMPORTING)).isEqualTo(1);
      assertThat(asked(place, places, SIGNING)).isPositive();
    }
  }

  private static Cli cli(Place place, Places places, Path folder) {
    return Cli.in(folder)
        .on(
            machine ->
                place
                    .environment(places)
                    .withProperty("user.home", folder.resolve("home").toString())
                    .withVariable("ENCLAVE_CONFIG", places.configuration.toString()))
        .with(places.time);
  }

  private static long asked(Place place, Places places, Set<String> operations) {
    return operations.stream().mapToInt(each -> place.journal(places).of(each).size()).sum();
  }
}
