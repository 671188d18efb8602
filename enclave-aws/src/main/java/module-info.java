/**
 * Keys in AWS KMS, and what recognises the places of Amazon Web Services. Found by {@link
 * java.util.ServiceLoader}.
 */
module dev.enclave.aws {
  requires transitive dev.enclave.api;
  requires dev.enclave.kit;
  requires dev.enclave.crypto;
  requires java.net.http;
  requires org.slf4j;
  requires software.amazon.awssdk.auth;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.http.apache5;
  requires software.amazon.awssdk.endpoints;
  requires software.amazon.awssdk.metrics;
  requires software.amazon.awssdk.profiles;
  requires software.amazon.awssdk.regions;
  requires software.amazon.awssdk.retries;
  requires software.amazon.awssdk.retries.api;
  requires software.amazon.awssdk.services.kms;
  requires software.amazon.awssdk.services.sts;
  requires software.amazon.awssdk.utils;
  requires static org.jspecify;

  exports dev.enclave.aws;

  provides dev.enclave.spi.backend.BackendProvider with
      dev.enclave.aws.AwsKmsBackendProvider;
  provides dev.enclave.spi.detection.EnvironmentDetectors with
      dev.enclave.aws.internal.detect.AwsDetectors;
}
