package dev.enclave.core.internal;

import dev.enclave.core.internal.config.SettingNames;
import dev.enclave.core.internal.config.Switch;
import dev.enclave.core.internal.key.rotation.BackgroundWork;
import dev.enclave.core.internal.key.rotation.DaemonScheduler;
import dev.enclave.core.internal.key.rotation.RewrapWork;
import dev.enclave.core.internal.key.rotation.RotationWork;
import dev.enclave.core.internal.key.rotation.TaskChain;
import dev.enclave.core.internal.key.slot.OpenBackend;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.TaskScheduler;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.KeyRotator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether keys are rotated, and rewrapped, by themselves while the Enclave is open. */
final class AutomaticRotations {

  private AutomaticRotations() {}

  /**
   * What is configured.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) for a value that
   *     is neither on nor off
   */
  static Optional<Switch> configured(StartUpContext context) {
    return context.configuration().getEnum(SettingNames.ROTATION_AUTOMATIC, Switch.class);
  }

  /**
   * Whether the backend can do what is switched on.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) when not
   */
  static void requireAble(StartUpContext context, OpenBackend backend) {
    if (!able(backend) && configured(context).equals(Optional.of(Switch.ON))) {
      throw new ConfigurationException(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          context.configuration().stated(SettingNames.ROTATION_AUTOMATIC)
              + ", and backend "
              + backend.id()
              + " cannot list and rotate keys. Remove the setting, or use another backend.");
    }
  }

  private static boolean able(OpenBackend backend) {
    return backend.find(KeyRotator.class).isPresent() && backend.find(KeyLister.class).isPresent();
  }

  /**
   * Begins what an Enclave does by itself: to rotate keys, if that is wanted (where nothing is
   * configured, if the policy has an interval), and to rewrap them, where another backend's key
   * seals them.
   *
   * @param more what else
   */
  static void begin(
      StartUpContext context, SharedParts shared, Optional<? extends BackgroundWork> more) {
    boolean wanted =
        configured(context)
            .map(Switch.ON::equals)
            .orElse(shared.policy().rotation().period().isPresent());
    OpenBackend backend = shared.backends().resolved();
    List<BackgroundWork> works = new ArrayList<>();
    more.ifPresent(works::add);
    if (wanted && able(backend)) {
      works.add(new RotationWork(shared, context.rotationListeners()));
    }
    if (backend.find(KeyRewrapper.class).isPresent() && backend.find(KeyLister.class).isPresent()) {
      works.add(new RewrapWork(shared));
    }
    if (works.isEmpty()) {
      return;
    }
    Optional<DaemonScheduler> own =
        context.scheduler().isPresent() ? Optional.empty() : Optional.of(new DaemonScheduler());
    TaskScheduler scheduler = own.<TaskScheduler>map(it -> it).or(context::scheduler).orElseThrow();
    works.forEach(work -> shared.keep(TaskChain.begin(work, scheduler, shared.random())));
    own.ifPresent(shared::keep);
  }
}
