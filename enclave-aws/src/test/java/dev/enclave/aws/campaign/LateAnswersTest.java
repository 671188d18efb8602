package dev.enclave.aws.campaign;

import dev.enclave.campaign.LateAnswersCampaign;

final class LateAnswersTest extends LateAnswersCampaign {

  LateAnswersTest() {
    super(new AwsUnderTest());
  }
}
