package dev.enclave.aws.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;

/**
 * An instance of Elastic Beanstalk, by the file that its platforms write for X-Ray and that
 * OpenTelemetry's detectors read too.
 */
public final class AwsBeanstalkDetector implements EnvironmentDetector {

  private static final List<String> FILES =
      List.of(
          "/var/elasticbeanstalk/xray/environment.conf",
          "C:\\Program Files\\Amazon\\XRay\\environment.conf");

  @Override
  public String id() {
    return "aws-beanstalk";
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    for (String file : FILES) {
      if (environment.exists(file)) {
        return Detection.present(file + " exists");
      }
    }
    return new Detection.Absent("missing: " + String.join(", ", FILES));
  }
}
