package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;

/** A Lambda function: its name and one more variable that the runtime sets beside it. */
public final class AwsLambdaDetector extends PlaceDetector {

  private static final String NAME = "AWS_LAMBDA_FUNCTION_NAME";

  public AwsLambdaDetector() {
    super("aws-lambda", Kind.WORKLOAD);
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    List<String> beside = set(environment, "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_VERSION");
    // Absent from functions that bring their own runtime.
    if (environment.variable("AWS_EXECUTION_ENV").orElse("").startsWith("AWS_Lambda_")) {
      beside.add("AWS_EXECUTION_ENV names Lambda");
    }
    boolean named = environment.variable(NAME).isPresent();
    if (named && !beside.isEmpty()) {
      beside.add(0, NAME + " is set");
      return new Detection.Present(beside);
    }
    if (named) {
      return new Detection.Inconclusive(NAME + " is set but nothing of the runtime's");
    }
    return beside.isEmpty()
        ? new Detection.Absent("not set: " + NAME)
        : new Detection.Inconclusive(String.join(", ", beside) + "; not set: " + NAME);
  }
}
