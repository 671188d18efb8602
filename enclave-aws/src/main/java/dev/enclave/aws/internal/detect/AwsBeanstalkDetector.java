package dev.enclave.aws.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;

/**
 * An instance of Elastic Beanstalk, by the file that its platforms write for X-Ray and that
 * OpenTelemetry's detectors read too.
 */
public final class AwsBeanstalkDetector extends PlaceDetector {

  private static final List<String> FILES =
      List.of(
          "/var/elasticbeanstalk/xray/environment.conf",
          "C:\\Program Files\\Amazon\\XRay\\environment.conf");

  public AwsBeanstalkDetector() {
    super("aws-beanstalk", Kind.WORKLOAD);
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    return anyFile(environment, FILES);
  }
}
