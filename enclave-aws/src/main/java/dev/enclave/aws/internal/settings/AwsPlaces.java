package dev.enclave.aws.internal.settings;

import dev.enclave.cloud.Places;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/** Whether this is a place for AWS KMS: a place of AWS's own, or settings that say so. */
public final class AwsPlaces {

  private static final Places PLACES =
      new Places(
          "AWS",
          List.of("aws-lambda", "aws-ecs", "aws-eks", "aws-beanstalk", "aws-vm"),
          List.of(AwsSettings.REGION, AwsSettings.ENDPOINT));

  private AwsPlaces() {}

  /** Judges by what the detectors found and by settings. */
  public static Detection detect(DetectionContext context) {
    return PLACES.detect(context);
  }
}
