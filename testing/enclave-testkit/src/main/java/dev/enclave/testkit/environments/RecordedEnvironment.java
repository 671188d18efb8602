package dev.enclave.testkit.environments;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test as if on a recorded platform. On a method or a class; a method's own wins.
 *
 * <p>A test takes what it needs as a parameter: {@link dev.enclave.EnclaveFactory.Builder} that
 * sees this platform instead of the machine the test runs on, {@link
 * dev.enclave.spi.detection.EnvironmentSnapshot} (or {@link dev.enclave.testkit.FakeEnvironment},
 * to change something in it), or the {@link Recording} itself.
 *
 * <pre>{@code
 * @Test
 * @RecordedEnvironment("aws-fargate")
 * void keepsItsKeysInAwsKms(EnclaveFactory.Builder builder) {
 *   Diagnosis landing = builder.config(ours).rehearse();
 *   assertThat(landing.resolution()).map(Resolution::chosen).contains(BackendId.AWS_KMS);
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(RecordedEnvironmentExtension.class)
public @interface RecordedEnvironment {

  /** The recording's name, such as {@code aws-fargate}; {@link Recording#names()} has them all. */
  String value();
}
