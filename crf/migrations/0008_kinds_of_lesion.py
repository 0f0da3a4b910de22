import trial.history
from django.conf import settings
from django.db import migrations, models

from trial.migration_operations import CreatedTogether


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0007_allocation_made_outside'),
        ('trial', '0006_second_factors_watched'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreatedTogether([
        migrations.RemoveConstraint(
            model_name='lesion',
            name='crf_lesion_keeps_history',
        ),
        migrations.AddField(
            model_name='historicallesion',
            name='kind',
            field=models.CharField(blank=True, choices=[('LEPTOMENINGEAL', 'Leptomeningeal disease'), ('LYMPHANGITIC', 'Lymphangitic spread'), ('BLASTIC_BONE', 'Blastic bone lesion'), ('ASCITES', 'Ascites'), ('PLEURAL_EFFUSION', 'Pleural effusion'), ('PERICARDIAL_EFFUSION', 'Pericardial effusion'), ('INFLAMMATORY_BREAST', 'Inflammatory breast disease')], db_comment='SUPPTU.LESKIND', default='', max_length=40, verbose_name='If it is no mass: what it is'),
        ),
        migrations.AddField(
            model_name='lesion',
            name='kind',
            field=models.CharField(blank=True, choices=[('LEPTOMENINGEAL', 'Leptomeningeal disease'), ('LYMPHANGITIC', 'Lymphangitic spread'), ('BLASTIC_BONE', 'Blastic bone lesion'), ('ASCITES', 'Ascites'), ('PLEURAL_EFFUSION', 'Pleural effusion'), ('PERICARDIAL_EFFUSION', 'Pericardial effusion'), ('INFLAMMATORY_BREAST', 'Inflammatory breast disease')], db_comment='SUPPTU.LESKIND', default='', max_length=40, verbose_name='If it is no mass: what it is'),
        ),
        migrations.AddConstraint(
            model_name='lesion',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'code', 'first_seen', 'lesion_class', 'organ', 'organ_detail', 'laterality', 'subregion', 'regional', 'certainty', 'basis', 'kind', 'imaged_on', 'method', 'slice_mm', 'longest_mm', 'short_axis_mm', 'role', 'irradiated_before', 'progressed_since', 'soft_tissue', 'radiotherapy', 'vertebra', 'compression'], computed=[], digest='c380e6ee', fixed=['visit_id', 'code'], history='crf_historicallesion', name='crf_lesion_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='lesion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['LEPTOMENINGEAL', 'LYMPHANGITIC', 'BLASTIC_BONE', 'ASCITES', 'PLEURAL_EFFUSION', 'PERICARDIAL_EFFUSION', 'INFLAMMATORY_BREAST', ''])), name='crf_lesion_kind_codes', violation_error_message='“If it is no mass: what it is” is one of the codes of its list.'),
        ),
    ])]
