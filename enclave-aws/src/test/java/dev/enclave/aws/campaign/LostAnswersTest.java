package dev.enclave.aws.campaign;

import dev.enclave.campaign.LostAnswersCampaign;

class LostAnswersTest extends LostAnswersCampaign {

  LostAnswersTest() {
    super(new AwsUnderTest());
  }
}
