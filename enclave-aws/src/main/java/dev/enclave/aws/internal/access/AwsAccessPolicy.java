package dev.enclave.aws.internal.access;

import dev.enclave.aws.internal.settings.AwsRegion;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The least that IAM must allow, as identity policies: for signing with keys that are there, and,
 * apart from it, for making and changing them. Keys are recognised by alias and by the tag that
 * carries their environment type, so that a role of one environment has no use of another's.
 */
public final class AwsAccessPolicy {

  /** A policy a paragraph; a statement's id, effect, resource and actions, and its conditions. */
  private static final String POLICIES =
      """
      # For signing, verifying and sealing with keys that are there:
      UseKeysOfThisEnvironment Allow $place$key/*: $use$ Encrypt Decrypt
        ForAnyValue:StringLike kms:ResourceAliases alias/enclave/*
        $ours$

      # For creating, rotating, switching off, destroying and importing keys, besides:
      MakeKeysOfThisEnvironment Allow *: CreateKey
        $stamped$
      TagThemWhenMaking Allow $place$key/*: TagResource
        $stamped$
      $guards$
      RemoveNoStamps Deny $place$key/*: UntagResource
        ForAnyValue:StringEquals aws:TagKeys enclave:environment enclave:key
      ChangeKeysOfThisEnvironment Allow $place$key/*: $use$ TagResource UntagResource CreateAlias \
          UpdateAlias EnableKey DisableKey ScheduleKeyDeletion GetParametersForImport \
          ImportKeyMaterial
        StringLike aws:ResourceTag/enclave:key *
        $ours$
      NameKeys Allow $place$alias/enclave/*: CreateAlias UpdateAlias
      ListKeys Allow *: ListAliases

      # For enclave keys reconcile, besides:
      GoThroughAllKeys Allow *: ListKeys
      TellWhichAreEnclaves Allow $place$key/*: ListResourceTags

      # For enclave conformance, besides all of these; take it away again afterwards:
      MakeKeysToAdopt Allow *: CreateKey
        StringEquals aws:RequestTag/enclave:conformance adoptable
      TagKeysToAdopt Allow $place$key/*: TagResource
        StringEquals aws:RequestTag/enclave:conformance adoptable
      $guards$
      AdoptAndRemoveThem Allow $place$key/*: $use$ ScheduleKeyDeletion
        StringEquals aws:ResourceTag/enclave:conformance adoptable

      # For a key that something else made (enclave.keys.<name>), with its own ARN:
      UseAdoptedKey Allow $place$key/<key id>: $use$ Encrypt Decrypt
      """;

  private static final String GUARDS =
      """
      TagNoKeysOfOthers Deny $place$key/*-*: TagResource
        Null aws:ResourceTag/enclave:key true
      TagNoKeysOfOtherEnvironments Deny $place$key/*-*: TagResource
        StringNotEquals aws:ResourceTag/enclave:environment $environment$
      StampNoOtherEnvironment Deny $place$key/*: TagResource
        Null aws:RequestTag/enclave:environment false
        StringNotEquals aws:RequestTag/enclave:environment $environment$""";

  private AwsAccessPolicy() {}

  /** For this configuration; a region or an account that it does not name is {@code *}. */
  public static AccessPolicy of(BackendContext context) throws BackendFailure {
    AwsSettings settings = AwsSettings.of(context.settings());
    Optional<AwsRegion> region = AwsRegion.named(settings, context.snapshot());
    String place =
        "arn:%s:kms:%s:%s:"
            .formatted(
                region.map(AwsRegion::partition).orElse("aws"),
                region.map(AwsRegion::id).orElse("*"),
                settings.accountId().orElse("*"));
    String filled =
        POLICIES
            .replace("$guards$", GUARDS)
            .replace("$use$", "DescribeKey GetPublicKey ListResourceTags Sign")
            .replace("$ours$", "StringEquals aws:ResourceTag/enclave:environment $environment$")
            .replace("$stamped$", "StringEquals aws:RequestTag/enclave:environment $environment$")
            .replace("$environment$", context.environment().name())
            .replace("$place$", place);
    return AccessPolicy.of(
            true,
            Stream.of(filled.strip().split("\n\n", -1))
                .map(AwsAccessPolicy::policy)
                .collect(Collectors.joining("\n\n")))
        .withProviderLog(Texts.CLOUD_TRAIL.with());
  }

  private static String policy(String paragraph) {
    List<String> parts = List.of(paragraph.split("\n(?! )", -1));
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("Version", "2012-10-17");
    policy.put("Statement", parts.stream().skip(1).map(AwsAccessPolicy::statement).toList());
    // As IAM prints it, and an action a line: there are a dozen.
    String json = Json.lines(policy).replace("\" : ", "\": ");
    return parts.get(0) + "\n" + json.replace("\", \"", "\",\n      \"").strip();
  }

  private static Map<String, Object> statement(String rows) {
    String[] lines = rows.split("\n +", -1);
    String[] head = lines[0].split(": ", -1);
    String[] idEffectResource = head[0].split(" ", 3);
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Sid", idEffectResource[0]);
    statement.put("Effect", idEffectResource[1]);
    statement.put("Action", Stream.of(head[1].split(" +", -1)).map("kms:"::concat).toList());
    statement.put("Resource", idEffectResource[2]);
    Map<String, Object> conditions = new LinkedHashMap<>();
    for (String row : Arrays.asList(lines).subList(1, lines.length)) {
      List<String> words = List.of(row.split(" ", -1));
      List<String> values = words.subList(2, words.size());
      conditions.put(
          words.get(0), Map.of(words.get(1), values.size() == 1 ? values.get(0) : values));
    }
    if (!conditions.isEmpty()) {
      statement.put("Condition", conditions);
    }
    return statement;
  }
}
