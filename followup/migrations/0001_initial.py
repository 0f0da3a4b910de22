import django.db.models.deletion
import trial.audit.migration_operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('trial', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        trial.audit.migration_operations.CreatedTogether(
            operations=[migrations.CreateModel(
                name='Flag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('VISIT_OVERDUE', 'Visit overdue'), ('VISIT_MISSED', 'Visit missed'), ('ENTRY_OVERDUE', 'Entry overdue'), ('PROGRESSION_CHECK', 'Progression check after cycle 2')], max_length=20)),
                    ('anchor', models.CharField(max_length=40)),
                    ('due_on', models.DateField()),
                    ('state', models.CharField(max_length=20)),
                    ('severity', models.CharField(choices=[('NOTICE', 'Notice'), ('URGENT', 'Urgent')], max_length=8)),
                    ('evidence', models.JSONField(default=dict)),
                    ('opened_on', models.DateField()),
                    ('last_seen_on', models.DateField()),
                    ('closed_on', models.DateField(null=True)),
                    ('acknowledged_at', models.DateTimeField(null=True)),
                    ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='trial.subject')),
                    ('visit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='trial.visit')),
                ],
                options={
                    'ordering': ['due_on', 'pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('closed_on', None)), fields=('subject', 'kind', 'anchor'), name='one_open_flag_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='acknowledged_at_and_by')],
                },
            ), migrations.CreateModel(
                name='NightlyRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('ran_at', models.DateTimeField(auto_now_add=True)),
                    ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.site')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('site', 'day'), name='one_nightly_run_of_a_day')],
                },
            )],
        ),
    ]
