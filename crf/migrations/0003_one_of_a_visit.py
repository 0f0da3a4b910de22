import trial.migration_operations
import trial.models.record
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('crf', '0002_derived_values'),
        ('trial', '0002_parameter_decisions'),
    ]

    operations = [
        trial.migration_operations.CreatedTogether(
            operations=[migrations.RemoveConstraint(
                model_name='cycle',
                name='one_cycle_of_a_visit',
            ), migrations.AddConstraint(
                model_name='cycle',
                constraint=trial.models.record.OneOfAVisit(condition=models.Q(('withdrawn_at', None)), fields=('visit',), name='crf_cycle_one_of_a_visit', violation_error_message='This visit already has its systemic therapy cycle. Open that one.'),
            ), migrations.AddConstraint(
                model_name='demographics',
                constraint=trial.models.record.OneOfAVisit(condition=models.Q(('withdrawn_at', None)), fields=('visit',), name='crf_demographics_one_of_a_visit', violation_error_message='This visit already has its demographics. Open that one.'),
            ), migrations.AddConstraint(
                model_name='diseaseextent',
                constraint=trial.models.record.OneOfAVisit(condition=models.Q(('withdrawn_at', None)), fields=('visit',), name='crf_diseaseextent_one_of_a_visit', violation_error_message='This visit already has its disease extent. Open that one.'),
            ), migrations.AddConstraint(
                model_name='randomization',
                constraint=trial.models.record.OneOfAVisit(condition=models.Q(('withdrawn_at', None)), fields=('visit',), name='crf_randomization_one_of_a_visit', violation_error_message='This visit already has its randomization. Open that one.'),
            ), migrations.AddConstraint(
                model_name='responseassessment',
                constraint=trial.models.record.OneOfAVisit(condition=models.Q(('withdrawn_at', None)), fields=('visit',), name='crf_responseassessment_one_of_a_visit', violation_error_message='This visit already has its response assessment. Open that one.'),
            ), migrations.AddConstraint(
                model_name='vitalsigns',
                constraint=trial.models.record.OneOfAVisit(condition=models.Q(('withdrawn_at', None)), fields=('visit',), name='crf_vitalsigns_one_of_a_visit', violation_error_message='This visit already has its vital signs and ECOG. Open that one.'),
            )],
        ),
    ]
