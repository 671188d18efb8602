package dev.enclave.aws.campaign;

import dev.enclave.campaign.JournalCampaign;

class JournalTest extends JournalCampaign {

  JournalTest() {
    super(new AwsUnderTest());
  }
}
