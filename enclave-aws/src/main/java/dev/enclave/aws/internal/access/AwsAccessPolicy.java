package dev.enclave.aws.internal.access;

import dev.enclave.aws.internal.settings.AwsRegion;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.Optional;

/**
 * The least that IAM must allow, as identity policies: for signing with keys that are there, and,
 * apart from it, for making and changing them. Keys are recognised by alias and by the tag that
 * carries their environment type, so that a role of one environment has no use of another's.
 */
public final class AwsAccessPolicy {

  private AwsAccessPolicy() {}

  /** For this configuration; a region or an account that it does not name is {@code *}. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    AwsSettings settings = AwsSettings.of(context.settings());
    Optional<AwsRegion> region = AwsRegion.named(settings, context.snapshot());
    String place =
        "arn:"
            + region.map(AwsRegion::partition).orElse("aws")
            + ":kms:"
            + region.map(AwsRegion::id).orElse("*")
            + ":"
            + settings.accountId().orElse("*")
            + ":";
    return AccessPolicy.of(
            true,
            filled(
                """
            # For signing, verifying and sealing with keys that are there:
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "UseKeysOfThisEnvironment",
                  "Effect": "Allow",
                  "Action": [
                    "kms:DescribeKey",
                    "kms:GetPublicKey",
                    "kms:ListResourceTags",
                    "kms:Sign",
                    "kms:Encrypt",
                    "kms:Decrypt"
                  ],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/enclave/*" },
                    "StringEquals": { "aws:ResourceTag/enclave:environment": "$environment$" }
                  }
                }
              ]
            }

            # For creating, rotating, switching off, destroying and importing keys, besides:
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "MakeKeysOfThisEnvironment",
                  "Effect": "Allow",
                  "Action": ["kms:CreateKey"],
                  "Resource": "*",
                  "Condition": {
                    "StringEquals": { "aws:RequestTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "TagThemWhenMaking",
                  "Effect": "Allow",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "StringEquals": { "aws:RequestTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "TagNoKeysOfOthers",
                  "Effect": "Deny",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*-*",
                  "Condition": {
                    "Null": { "aws:ResourceTag/enclave:key": "true" }
                  }
                },
                {
                  "Sid": "TagNoKeysOfOtherEnvironments",
                  "Effect": "Deny",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*-*",
                  "Condition": {
                    "StringNotEquals": { "aws:ResourceTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "StampNoOtherEnvironment",
                  "Effect": "Deny",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "Null": { "aws:RequestTag/enclave:environment": "false" },
                    "StringNotEquals": { "aws:RequestTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "RemoveNoStamps",
                  "Effect": "Deny",
                  "Action": ["kms:UntagResource"],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "ForAnyValue:StringEquals": {
                      "aws:TagKeys": ["enclave:environment", "enclave:key"]
                    }
                  }
                },
                {
                  "Sid": "ChangeKeysOfThisEnvironment",
                  "Effect": "Allow",
                  "Action": [
                    "kms:DescribeKey",
                    "kms:GetPublicKey",
                    "kms:ListResourceTags",
                    "kms:Sign",
                    "kms:TagResource",
                    "kms:UntagResource",
                    "kms:CreateAlias",
                    "kms:UpdateAlias",
                    "kms:EnableKey",
                    "kms:DisableKey",
                    "kms:ScheduleKeyDeletion",
                    "kms:GetParametersForImport",
                    "kms:ImportKeyMaterial"
                  ],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "StringLike": { "aws:ResourceTag/enclave:key": "*" },
                    "StringEquals": { "aws:ResourceTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "NameKeys",
                  "Effect": "Allow",
                  "Action": ["kms:CreateAlias", "kms:UpdateAlias"],
                  "Resource": "$place$alias/enclave/*"
                },
                {
                  "Sid": "ListKeys",
                  "Effect": "Allow",
                  "Action": ["kms:ListAliases"],
                  "Resource": "*"
                }
              ]
            }

            # For enclave keys reconcile, besides:
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "GoThroughAllKeys",
                  "Effect": "Allow",
                  "Action": ["kms:ListKeys"],
                  "Resource": "*"
                },
                {
                  "Sid": "TellWhichAreEnclaves",
                  "Effect": "Allow",
                  "Action": ["kms:ListResourceTags"],
                  "Resource": "$place$key/*"
                }
              ]
            }

            # For enclave conformance, besides all of these; take it away again afterwards:
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "MakeKeysToAdopt",
                  "Effect": "Allow",
                  "Action": ["kms:CreateKey"],
                  "Resource": "*",
                  "Condition": {
                    "StringEquals": { "aws:RequestTag/enclave:conformance": "adoptable" }
                  }
                },
                {
                  "Sid": "TagKeysToAdopt",
                  "Effect": "Allow",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "StringEquals": { "aws:RequestTag/enclave:conformance": "adoptable" }
                  }
                },
                {
                  "Sid": "TagNoKeysOfOthers",
                  "Effect": "Deny",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*-*",
                  "Condition": {
                    "Null": { "aws:ResourceTag/enclave:key": "true" }
                  }
                },
                {
                  "Sid": "TagNoKeysOfOtherEnvironments",
                  "Effect": "Deny",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*-*",
                  "Condition": {
                    "StringNotEquals": { "aws:ResourceTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "StampNoOtherEnvironment",
                  "Effect": "Deny",
                  "Action": ["kms:TagResource"],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "Null": { "aws:RequestTag/enclave:environment": "false" },
                    "StringNotEquals": { "aws:RequestTag/enclave:environment": "$environment$" }
                  }
                },
                {
                  "Sid": "AdoptAndRemoveThem",
                  "Effect": "Allow",
                  "Action": [
                    "kms:DescribeKey",
                    "kms:GetPublicKey",
                    "kms:ListResourceTags",
                    "kms:Sign",
                    "kms:ScheduleKeyDeletion"
                  ],
                  "Resource": "$place$key/*",
                  "Condition": {
                    "StringEquals": { "aws:ResourceTag/enclave:conformance": "adoptable" }
                  }
                }
              ]
            }

            # For a key that something else made (enclave.keys.<name>), with its own ARN:
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "UseAdoptedKey",
                  "Effect": "Allow",
                  "Action": [
                    "kms:DescribeKey",
                    "kms:GetPublicKey",
                    "kms:ListResourceTags",
                    "kms:Sign",
                    "kms:Encrypt",
                    "kms:Decrypt"
                  ],
                  "Resource": "$place$key/<key id>"
                }
              ]
            }
            """,
                place,
                context.environment().name()))
        .withProviderLog(
            "CloudTrail records each request to AWS KMS, signatures as read events; a trail with"
                + " ReadWriteType WriteOnly, or that excludes kms.amazonaws.com, keeps none of them,"
                + " which cannot be seen from here: see aws cloudtrail get-event-selectors, and"
                + " docs/aws.md for the query that finds an operation of the audit log.");
  }

  private static String filled(String template, String place, String environment) {
    return template.replace("$place$", place).replace("$environment$", environment).stripTrailing();
  }
}
