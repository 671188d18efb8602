package dev.enclave.cli.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.campaign.docs.Guide;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/conformance.md} names every place keys may live in, also those nothing ran in. */
class ConformancePlacesTest {

  /** What something proves that ran in a place; NEVER is no value of what contracts record. */
  private enum Ran {
    REAL,
    THIRD_PARTY,
    NEVER
  }

  private record Place(BackendId backend, String place, Ran ran, String what) {

    String row() {
      return "| `" + backend + "` | " + place + " | " + ran + " | " + what + " |\n";
    }
  }

  private static final List<Place> PLACES =
      List.of(
          new Place(
              BackendId.AWS_KMS,
              "AWS KMS",
              Ran.NEVER,
              "no account was at hand; LocalStack neither, since no engine for its container was"
                  + " there"),
          new Place(
              BackendId.AZURE_KEYVAULT,
              "Azure Key Vault, Managed HSM",
              Ran.NEVER,
              "no account was at hand"),
          new Place(BackendId.GCP_KMS, "Google Cloud KMS", Ran.NEVER, "no account was at hand"),
          new Place(
              BackendId.KUBERNETES,
              "kube-apiserver 1.20.2 with etcd",
              Ran.REAL,
              "all contracts; key-encryption keys on our own servers of three clouds"),
          new Place(
              BackendId.KUBERNETES,
              "kube-apiserver 1.36 with etcd",
              Ran.REAL,
              "once: 1,129 of 1,130 tests of `enclave-k8s`; the other one asked for release 1.20.2,"
                  + " and is gone"),
          new Place(
              BackendId.KUBERNETES,
              "a cluster with nodes, a cloud's own Kubernetes",
              Ran.NEVER,
              "no cluster was at hand"),
          new Place(BackendId.OS, "Linux: GNOME Keyring", Ran.REAL, "all contracts"),
          new Place(
              BackendId.OS,
              "Linux: KeePassXC, KWallet",
              Ran.REAL,
              "`OtherServicesTest`, by `scripts/keyrings-test.sh`; no contract, and without a"
                  + " screen"),
          new Place(
              BackendId.OS,
              "Windows: DPAPI",
              Ran.THIRD_PARTY,
              "Wine, with a Windows JRE 11: `WineTest`, by `scripts/wine-test.sh`; the files"
                  + " of sealing keys alone, no contract. Windows itself never"),
          new Place(
              BackendId.OS,
              "macOS: login keychain",
              Ran.NEVER,
              "its calls, constants and memory rules are [reviewed](os.md#macos) against Apple's"
                  + " documentation"),
          new Place(
              BackendId.PKCS11,
              "SoftHSM 2, openCryptoki's software token",
              Ran.REAL,
              "all contracts: software, no hardware"),
          new Place(
              BackendId.PKCS11, "tpm2-pkcs11 over swtpm", Ran.REAL, "the contracts of one process"),
          new Place(
              BackendId.PKCS11,
              "any HSM, card or small token",
              Ran.NEVER,
              "no device was at hand; [which to try first](pkcs11.md#devices)"),
          new Place(BackendId.SOFTWARE, "files on Linux", Ran.REAL, "all contracts"),
          new Place(BackendId.SOFTWARE, "files on Windows and macOS", Ran.NEVER, "no machine"),
          new Place(
              BackendId.VAULT, "HashiCorp Vault, OpenBao", Ran.NEVER, "no server was at hand"));

  @Test
  void namesEveryPlaceOfEveryBackend() throws IOException {
    assertThat(PLACES).extracting(Place::backend).containsAll(ourBackends());
    Guide.named("conformance.md").requireGenerated("conformance-places", table());
  }

  private static String table() {
    return "| backend | place itself | ran | |\n|---|---|---|---|\n"
        + PLACES.stream().map(Place::row).collect(Collectors.joining());
  }

  private static List<BackendId> ourBackends() {
    return Arrays.stream(BackendId.class.getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.getType() == BackendId.class)
        .map(field -> BackendId.of(valueOf(field)))
        .toList();
  }

  private static String valueOf(java.lang.reflect.Field field) {
    try {
      return String.valueOf(field.get(null));
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
