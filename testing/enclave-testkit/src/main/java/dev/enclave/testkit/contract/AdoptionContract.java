package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.testkit.internal.bench.Unknown;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Keys that something else made can be used as they are. */
public interface AdoptionContract extends BackendUnderTest {

  @Test
  default void adopts_aForeignKey() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          KeyName name = bench.freshName();
          KeySnapshot adopted = adopt(bench, name, place(bench));
          assertThat(adopted.name()).isEqualTo(name);
          assertThat(adopted.algorithm()).isEqualTo(bench.signingAlgorithm());
          assertThat(adopted.active().orElseThrow().publicKey()).isPresent();
        });
  }

  @Test
  default void signsWithAnAdoptedKey() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          KeySnapshot adopted = adopt(bench, bench.freshName(), place(bench));
          KeyVersion version = adopted.active().orElseThrow();
          SigningInput input = bench.input(adopted.algorithm());
          Verification.requireSigned(version, input, bench.sign(adopted.ref(version), input));
        });
  }

  @Test
  default void findsNoStamp_onAForeignKey() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench ->
            assertThat(adopt(bench, bench.freshName(), place(bench)).stamp())
                .isEqualTo(StampReading.none()));
  }

  @Test
  default void tellsAnUnreadableStamp_fromAMissingOne() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          String uri = place(bench);
          boolean withheld = bench.harness().foreignKeys().orElseThrow().withholdStamp(uri);
          StampReading stamp = adopt(bench, bench.freshName(), uri).stamp();
          if (withheld) {
            assertThat(stamp)
                .isInstanceOfSatisfying(
                    StampReading.Unreadable.class,
                    unreadable -> {
                      assertThat(unreadable.reason()).isNotBlank();
                      assertThat(unreadable.remedy()).isNotBlank();
                    });
          } else {
            assertThat(stamp).isEqualTo(StampReading.none());
          }
        });
  }

  @Test
  default void adoptsTheSameTwice() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          KeyName name = bench.freshName();
          String uri = place(bench);
          assertThat(adopt(bench, name, uri)).isEqualTo(adopt(bench, name, uri));
        });
  }

  @Test
  default void changesNothing_byAdopting() {
    Workbench.with(
        harness(),
        EnumSet.of(BackendTrait.ADOPTS, BackendTrait.LISTS),
        bench -> {
          KeyName name = bench.freshName();
          adopt(bench, name, place(bench));
          KeyLister lister = bench.capability(KeyLister.class);
          assertThat(bench.succeed(lister::list)).doesNotContain(name);
          bench.refuse(FailureCode.NOT_FOUND, call -> bench.backend().load(name, call));
        });
  }

  @Test
  default void refusesToAdopt_whatDoesNotExist() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          String unknown = Unknown.uriLike(place(bench));
          KeyAdopter adopter = bench.capability(KeyAdopter.class);
          bench.refuse(
              FailureCode.NOT_FOUND, call -> adopter.adopt(bench.freshName(), unknown, call));
        });
  }

  @Test
  default void refusesToAdopt_whatIsNoKeyOfTheProvider() {
    Workbench.with(
        harness(),
        BackendTrait.ADOPTS,
        bench -> {
          KeyAdopter adopter = bench.capability(KeyAdopter.class);
          for (String nonsense : new String[] {"", " ", "nonsense", "https://[", "a\nb"}) {
            bench.refuse(
                FailureCode.UNSUPPORTED, call -> adopter.adopt(bench.freshName(), nonsense, call));
          }
        });
  }

  private static String place(Workbench bench) {
    return bench.foreignKey(bench.signingAlgorithm());
  }

  private static KeySnapshot adopt(Workbench bench, KeyName name, String uri)
      throws InterruptedException {
    KeyAdopter adopter = bench.capability(KeyAdopter.class);
    return bench.succeed(call -> adopter.adopt(name, uri, call));
  }
}
