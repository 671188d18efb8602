package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backend that tells its permissions tells them all, and does nothing else. */
public interface PermissionContract extends BackendUnderTest {

  @Test
  default void tellsThatEverythingIsGranted_whereKeysCanBeCreatedAndUsed() {
    Workbench.with(
        harness(),
        BackendTrait.PROBES_PERMISSIONS,
        bench -> {
          bench.create();
          List<Permission> permissions = permissions(bench);
          assertThat(permissions).isNotEmpty().allMatch(Permission::granted);
          assertThat(permissions).extracting(Permission::name).doesNotHaveDuplicates();
          assertThat(permissions)
              .allMatch(p -> !p.name().isBlank() && !p.neededFor().isBlank() && !p.fix().isBlank());
        });
  }

  @Test
  default void changesNothing_whenAskedForPermissions() {
    Workbench.with(
        harness(),
        BackendTrait.PROBES_PERMISSIONS,
        bench -> {
          KeySnapshot key = bench.create();
          List<Permission> first = permissions(bench);
          assertThat(permissions(bench)).isEqualTo(first);
          assertThat(bench.load(key.name())).isEqualTo(key);
        });
  }

  @Test
  default void tellsNoPermissions_onceClosed() {
    Workbench.with(
        harness(),
        BackendTrait.PROBES_PERMISSIONS,
        bench -> {
          PermissionProber prober = bench.capability(PermissionProber.class);
          bench.backend().close();
          bench.refuse(FailureCode.CLOSED, prober::permissions);
        });
  }

  private static List<Permission> permissions(Workbench bench) throws InterruptedException {
    return bench.succeed(bench.capability(PermissionProber.class)::permissions);
  }
}
