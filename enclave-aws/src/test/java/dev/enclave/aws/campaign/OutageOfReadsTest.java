package dev.enclave.aws.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;

class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new AwsUnderTest());
  }
}
