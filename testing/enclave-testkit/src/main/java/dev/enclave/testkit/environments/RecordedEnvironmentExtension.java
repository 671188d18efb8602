package dev.enclave.testkit.environments;

import dev.enclave.EnclaveFactory;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.FakeEnvironment;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Gives tests what {@link RecordedEnvironment} names. Stateless. */
public final class RecordedEnvironmentExtension implements BeforeEachCallback, ParameterResolver {

  /** For JUnit. */
  public RecordedEnvironmentExtension() {}

  /** So that a misspelt name fails a test that takes no parameter, too. */
  @Override
  public void beforeEach(ExtensionContext context) {
    Recording recording = recording(context);
    context.publishReportEntry("recorded environment", recording.name());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == EnclaveFactory.Builder.class
        || type == EnvironmentSnapshot.class
        || type == FakeEnvironment.class
        || type == Recording.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Recording recording = recording(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == EnclaveFactory.Builder.class) {
      return EnclaveFactory.builder().with(recording.snapshot());
    }
    return type == Recording.class ? recording : recording.snapshot();
  }

  /** The method's own annotation, else that of the nearest class around it. */
  private static Recording recording(ExtensionContext context) {
    Optional<ExtensionContext> place = Optional.of(context);
    while (place.isPresent()) {
      Optional<RecordedEnvironment> named =
          AnnotationSupport.findAnnotation(place.get().getElement(), RecordedEnvironment.class);
      if (named.isPresent()) {
        return Recording.named(named.get().value());
      }
      place = place.get().getParent();
    }
    throw new ExtensionConfigurationException(
        "No @RecordedEnvironment is on "
            + context.getDisplayName()
            + " or around it. Put it on the method or its class.");
  }
}
