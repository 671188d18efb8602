package dev.enclave.core.internal;

import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.backend.Engine;
import dev.enclave.core.internal.background.BackgroundWork;
import dev.enclave.core.internal.background.RewrapWork;
import dev.enclave.core.internal.background.RotationWork;
import dev.enclave.core.internal.config.Settings;
import dev.enclave.core.internal.config.Settings.Switch;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.resolve.Resolver.Answer;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyStateChanger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether keys are rotated, and rewrapped, by themselves while the Enclave is open. */
record AutomaticRotations(StartUpContext context) implements Feature {

  @Override
  public List<Finding> check(SecurityPolicy policy, Answer answer) {
    return Feature.invalid(this::configured);
  }

  /**
   * What is configured.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) for a value that
   *     is neither on nor off
   */
  private Optional<Switch> configured() {
    return context.configuration().find(Settings.ROTATION_AUTOMATIC);
  }

  /**
   * Whether the backend can do what is switched on, and what is to be destroyed by itself will be.
   *
   * @throws ConfigurationException ({@link ErrorCode#CONFIGURATION_INVALID_VALUE}) when not
   */
  @Override
  public void open(Engine engine) {
    OpenBackend backend = engine.backends().resolved();
    requireKept(engine, backend);
    if (!able(backend) && configured().equals(Optional.of(Switch.ON))) {
      throw Texts.CANNOT_ROTATE.as(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          context.configuration().stated(Settings.ROTATION_AUTOMATIC),
          backend.id());
    }
  }

  private void requireKept(Engine engine, OpenBackend backend) {
    boolean destroys =
        wanted(engine)
            && able(backend)
            && backend.find(KeyStateChanger.class).isPresent()
            && engine.rules().life().destroyAfter().isPresent();
    if (destroys
        && !backend.description().has(BackendTrait.KEEPS_PUBLIC_KEYS)
        && !engine.audit().keepsRecords()) {
      throw Texts.NO_PUBLIC_KEY_KEPT.as(
          ErrorCode.CONFIGURATION_INVALID_VALUE,
          context.configuration().stated(Settings.ROTATION_DESTROY_AFTER),
          backend.id());
    }
  }

  private boolean wanted(Engine engine) {
    return configured()
        .map(Switch.ON::equals)
        .orElse(engine.rules().policy().rotation().period().isPresent());
  }

  private static boolean able(OpenBackend backend) {
    return backend.find(KeyRotator.class).isPresent() && backend.find(KeyLister.class).isPresent();
  }

  /**
   * Keys are rotated, if that is wanted (where nothing is configured, if the policy has an
   * interval), and rewrapped, where another backend's key seals them.
   */
  @Override
  public List<BackgroundWork> begin(Engine engine) {
    OpenBackend backend = engine.backends().resolved();
    List<BackgroundWork> works = new ArrayList<>();
    if (wanted(engine) && able(backend)) {
      works.add(
          new RotationWork(
              engine.operations(),
              engine.keys(),
              engine.rules(),
              context.random(),
              context.rotationListeners(),
              configured().equals(Optional.of(Switch.ON))));
    }
    if (backend.find(KeyRewrapper.class).isPresent() && backend.find(KeyLister.class).isPresent()) {
      works.add(new RewrapWork(engine.operations(), backend, context.random()));
    }
    return works;
  }
}
